"""The pages of docs/ that would rot by themselves are compared with the code."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
SETTINGS = sorted((ROOT / "portal" / "settings").glob("*.py"))
READERS = {"str", "bool", "int", "list", "float", "json", "url", "db_url", "email_url", "get", "setdefault"}


def variables_read(path: Path) -> set[str]:
    """Names of environment variables a file reads, by `env.str("NAME")` or from `os.environ`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if owner in {"env", "base.env", "os.environ"} and node.func.attr in READERS:
                found.add(ast.literal_eval(node.args[0]))
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            found.add(ast.literal_eval(node.slice))
    return found


def documented(page: str) -> set[str]:
    """The variables that have a row on a page."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", text, re.MULTILINE))


#: Read outside the settings: by Django itself, by tests/conftest.py, by storm tests.
READ_ELSEWHERE = {"DJANGO_SETTINGS_MODULE", "PORTAL_SOURCE_DATA", "STORM_JOBS"}


def test_every_setting_is_told_and_nothing_else():
    read = set().union(*map(variables_read, SETTINGS))
    assert read - documented("settings.md") == set()
    assert documented("settings.md") - read == READ_ELSEWHERE


@pytest.mark.parametrize(
    "line",
    ['X = env.int("NAME", default=1)', 'os.environ.setdefault("NAME", "a")', 'path = os.environ["NAME"]'],
)
def test_a_variable_is_found_however_it_is_read(tmp_path, line):
    path = tmp_path / "settings.py"
    path.write_text(line)
    assert variables_read(path) == {"NAME"}


def test_links_between_pages_lead_somewhere():
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} → {target}")
    assert broken == []


def test_make_lists_every_target():
    """Every target that people call has its line in `make help`."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())
    assert set(re.findall(r"^([a-z]+):.*## .+$", text, re.MULTILINE)) == targets
