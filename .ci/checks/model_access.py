"""Rows reach a page only through `for_user`; no signals, no `save()` that does business."""

import ast
from collections.abc import Iterator
from pathlib import Path

from files import Problem, is_app_code, main, project_files

#: Files in which rows are chosen for a person, by folder or file name without suffix.
SCOPED = {"views", "urls", "forms", "templatetags", "context_processors"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
#: `none()` holds no row, so it may stand where a form gets its rows later.
ALLOWED_NEXT = {"for_user", "none"}
WRITES = {"update", "delete", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}
REFUSED_IMPORTS = {"django.db.models.signals", "django.dispatch.receiver"}


def names_of(path: Path) -> set[str]:
    """The folders of the path and its name without suffix."""
    return {*path.parts[:-1], path.stem}


def unscoped(path: Path, tree: ast.Module) -> Iterator[Problem]:
    """Managers that are not at once followed by a call of `for_user`."""
    scoped = {
        id(node.func.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ALLOWED_NEXT
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS and id(node) not in scoped:
            yield (
                path,
                node.lineno,
                f".{node.attr} without .for_user(actor): anyone's rows could reach this page",
            )


def shortcuts_on_classes(path: Path, tree: ast.Module) -> Iterator[Problem]:
    """`get_object_or_404(Model, …)`, which asks the unscoped manager by itself."""
    shortcuts = {"get_object_or_404", "get_list_or_404"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in shortcuts and node.args:
            first = node.args[0]
            name = first.id if isinstance(first, ast.Name) else getattr(first, "attr", "")
            if name[:1].isupper():
                yield (
                    path,
                    node.lineno,
                    f"{name} without .for_user(actor): anyone's rows could reach this page",
                )


def writes(path: Path, tree: ast.Module) -> Iterator[Problem]:
    """Rows changed where they are shown: only a service checks, locks and records."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in WRITES and (MANAGERS | {"for_user"}) & set(attributes(node.func.value)):
            yield path, node.lineno, f".{node.func.attr}() of rows: a service does the business"


def attributes(node: ast.AST) -> Iterator[str]:
    """The names of a chain of calls, from its end to its beginning."""
    while True:
        if isinstance(node, ast.Attribute):
            yield node.attr
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return


def signals(path: Path, tree: ast.Module) -> Iterator[Problem]:
    """Receivers and model signals: business happens in a service that can be read."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            imported = {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
        elif isinstance(node, ast.Import):
            imported = {alias.name for alias in node.names}
        else:
            continue
        if imported & REFUSED_IMPORTS:
            yield path, node.lineno, "a signal or receiver: call the service instead"


def save_overrides(path: Path, tree: ast.Module) -> Iterator[Problem]:
    """`def save` on a model."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, ast.FunctionDef) and member.name == "save":
                    yield (
                        path,
                        member.lineno,
                        f"{node.name}.save() is overridden: a service does the business",
                    )


def find(root: Path) -> Iterator[Problem]:
    """Every breach in the Python of the apps."""
    for path in project_files(root, ".py"):
        if not is_app_code(path):
            continue
        tree = ast.parse((root / path).read_text(encoding="utf-8"))
        yield from signals(path, tree)
        if names_of(path) & SCOPED and "services" not in path.parts:
            yield from unscoped(path, tree)
            yield from shortcuts_on_classes(path, tree)
            yield from writes(path, tree)
        if "models" in names_of(path):
            yield from save_overrides(path, tree)


if __name__ == "__main__":
    main(find)
