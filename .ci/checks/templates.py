"""What the content security policy, the PDF renderer and safe escaping refuse, found before a page does.

The rules are of thumb: they look at text, not at what a page finally holds. Browser
tests watch the real policy.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from files import Problem, is_app_code, line_of, main, project_files

#: Addresses that may stand in a page or style file: namespaces, and the places credit lines must name.
ALLOWED_ADDRESSES = (
    "http://www.w3.org/",
    "https://www.soumu.go.jp/",
    "https://www.gsi.go.jp/",
    "https://www.digital.go.jp/",
    "https://nlftp.mlit.go.jp/",
    "https://github.com/ricewin/simplify-japan-geojson",
)
ADDRESS = re.compile(r"(?i)(?:\bhttps?:|(?<=[\"'(=]))//[a-z0-9][\w.-]*\.[a-z]{2,}[^\s\"'<>）)]*")
COMMENT = re.compile(r"(?s)\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->|/\*.*?\*/")

#: Pattern → what is wrong; tried on templates with comments blanked out.
MARKUP_RULES = (
    (re.compile(r"\|\s*safe(?:seq)?\b"), "the safe filter turns escaping off: use format_html or a template"),
    (re.compile(r"\{%-?\s*autoescape\s+off"), "autoescape off: use format_html or a template"),
    (
        re.compile(r"\{%-?\s*filter\s[^%]*\bsafe"),
        "the safe filter turns escaping off: use format_html or a template",
    ),
    (
        re.compile(r"(?i)<(?:iframe|object|embed|base|frame|applet)\b|\ssrcdoc\s*="),
        "a foreign page inside ours: the policy refuses it",
    ),
    (re.compile(r"(?i)<meta\b[^<>]*http-equiv"), "http-equiv: headers come from portal/hardening.py"),
    (re.compile(r"(?i)<style\b"), "a style element: the policy refuses it; use static/css"),
    (re.compile(r"(?i)<[^<>]*\sstyle\s*="), "a style attribute: the policy refuses it; use a class"),
    (
        re.compile(r"(?i)<script\b(?![^>]*\ssrc\s*=)"),
        "a script inside the page: the policy refuses it; use static/js",
    ),
    (re.compile(r"(?i)<[^<>]*\son[a-z]+\s*="), "an on…= attribute: the policy refuses it; use data-"),
    (re.compile(r"(?i)<[^<>]*\splaceholder\s*="), "a placeholder: put the help above the field"),
    (
        re.compile(r"(?i)\b(?:href|src|action)\s*=\s*[\"']?\s*(?:javascript|data):"),
        "a javascript: or data: address",
    ),
)
LINK = re.compile(r"(?i)\b(href|src|action|formaction|poster)\s*=\s*([\"'])\s*\{\{-?\s*([\w.]+)")
#: A link may begin with a value only when its name says that our own code made an address of it.
ADDRESS_NAME = re.compile(r"(?:^|[._])(?:url|urls|href|path)$|_url$|absolute_url")

#: Text in Python that would become markup; what prints and workbooks hold never meets a browser's policy.
STRING_RULES = MARKUP_RULES[3:9]
NO_PAGES = (Path("portal/pdf"), Path("portal/spreadsheets"))


def blank(text: str) -> str:
    """The text with comments made empty and line numbers kept."""
    return COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def markup_problems(path: Path, text: str) -> Iterator[Problem]:
    """What a template must not hold."""
    for pattern, sentence in MARKUP_RULES:
        for match in pattern.finditer(text):
            yield path, line_of(text, match.end() - 1), sentence
    for match in LINK.finditer(text):
        if not ADDRESS_NAME.search(match.group(3)):
            sentence = f"{match.group(1)} begins with {match.group(3)}: could be a javascript: address"
            yield path, line_of(text, match.start()), sentence


def address_problems(path: Path, text: str) -> Iterator[Problem]:
    """Addresses outside the allowed ones: town halls work in a closed network."""
    for match in ADDRESS.finditer(text):
        if not match.group().startswith(ALLOWED_ADDRESSES):
            yield path, line_of(text, match.start()), f"an outside address: {match.group()}"


def python_problems(path: Path, tree: ast.Module) -> Iterator[Problem]:
    """Escaping turned off, or refused markup, in the Python of an app."""
    documentation = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        name = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "name", None)
        if name == "mark_safe":
            yield (
                path,
                getattr(node, "lineno", 1),
                "mark_safe turns escaping off: use format_html or a template",
            )
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"SafeString", "SafeText"}:
            yield path, node.lineno, "SafeString() turns escaping off: use format_html or a template"
        elif name in {"html_safe", "__html__"}:
            yield (
                path,
                getattr(node, "lineno", 1),
                f"{name} turns escaping off: use format_html or a template",
            )
        elif _formats_something_made(node):
            yield (
                path,
                getattr(node, "lineno", 1),
                "format_html needs a text that stands there: pass values to it",
            )
        elif isinstance(node, ast.Dict) and any(
            getattr(key, "value", None) == "placeholder" for key in node.keys
        ):
            yield path, node.lineno, "a placeholder: put the help above the field"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            for pattern, sentence in _string_rules(path):
                if pattern.search(node.value):
                    yield path, node.lineno, sentence


def _formats_something_made(node: ast.AST) -> bool:
    """`format_html` with an f-string, a sum or a variable: what is put in before it is not escaped."""
    return (
        isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "format_html"
        and not (node.args and isinstance(node.args[0], ast.Constant))
    )


def _string_rules(path: Path) -> tuple[tuple[re.Pattern[str], str], ...]:
    return () if any(path.is_relative_to(folder) for folder in NO_PAGES) else STRING_RULES


def _has_docstring(node: ast.AST) -> bool:
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None


def find(root: Path) -> Iterator[Problem]:
    """Every problem in templates, style files, scripts and the Python of the apps."""
    for path in project_files(root, ".html", ".css", ".js", ".svg", ".txt"):
        if path.suffix == ".txt" and "templates" not in path.parts:
            continue
        text = blank((root / path).read_text(encoding="utf-8"))
        yield from address_problems(path, text)
        if path.suffix in {".html", ".svg"}:
            yield from markup_problems(path, text)
    for path in project_files(root, ".py"):
        if is_app_code(path):
            yield from python_problems(path, ast.parse((root / path).read_text(encoding="utf-8")))


if __name__ == "__main__":
    main(find)
