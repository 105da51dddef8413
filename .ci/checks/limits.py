"""Sizes: function 50 lines, Python file 400, file of views 300, template 120; migrations exempt."""

import ast
from collections.abc import Iterator
from pathlib import Path

from files import Problem, main, project_files

FUNCTION, PYTHON_FILE, VIEWS_FILE, TEMPLATE = 50, 400, 300, 120


def file_limit(path: Path) -> int:
    """How many lines this file may have."""
    if path.suffix == ".html":
        return TEMPLATE
    return VIEWS_FILE if "views" in path.parts or path.name == "views.py" else PYTHON_FILE


def long_functions(path: Path, text: str) -> Iterator[Problem]:
    """Functions and methods longer than the limit, counted from `def` to the last line."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION:
                yield path, node.lineno, f"{node.name}() has {length} lines, limit {FUNCTION}: name its steps"


def find(root: Path) -> Iterator[Problem]:
    """Every file and function above its limit."""
    for path in project_files(root, ".py", ".html"):
        if "migrations" in path.parts:
            continue
        text = (root / path).read_text(encoding="utf-8")
        lines, limit = len(text.splitlines()), file_limit(path)
        if lines > limit:
            yield path, limit, f"{lines} lines, limit {limit}: split it by noun"
        if path.suffix == ".py":
            yield from long_functions(path, text)


if __name__ == "__main__":
    main(find)
