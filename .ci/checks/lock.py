"""The lock files pin every package by hash and fit pyproject.toml; the docs tell why each is used.

They hold no address, and the development lock holds everything of the other one.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from files import Problem, main
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK, DEV_LOCK, DOCS = Path("requirements.lock"), Path("requirements-dev.lock"), Path("docs/dependencies.md")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}(?: \\)?$")
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^\s;]+)")
ROW = r"^\|\s*`?(?P<name>[A-Za-z][A-Za-z0-9._-]*)(?:\[[^]]*\])?`?\s*\|\s*[^|\s][^|]*\|\s*[^|\s][^|]*\|"
EXPLAINED = re.compile(ROW, re.MULTILINE)

Pins = dict[str, tuple[str, int]]


def read_lock(root: Path, path: Path, problems: list[Problem]) -> Pins:
    """The pinned versions by name, each with its line; what is wrong in the file goes to problems."""
    pins: Pins = {}
    hashed: set[str] = set()
    name = ""
    for number, line in enumerate((root / path).read_text(encoding="utf-8").splitlines(), start=1):
        if (
            "://" in line
            or " @ " in line
            or line.lstrip().startswith(("--index", "--extra", "--find", "-i "))
        ):
            problems.append((path, number, "an address: the lock must not name one"))
        if match := PIN.match(line):
            name = canonicalize_name(match["name"])
            pins[name] = (match["version"], number)
        elif HASH.search(line.strip()) and name:
            hashed.add(name)
        elif line.strip() and not line.lstrip().startswith("#"):
            problems.append((path, number, f"not a pin, a hash or a comment: {line.strip()[:60]}"))
    problems += [(path, pins[missing][1], f"{missing} has no hash") for missing in pins.keys() - hashed]
    return pins


def declared(root: Path) -> tuple[list[Requirement], list[Requirement]]:
    """What pyproject.toml asks for: to run, and to develop."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = project.get("optional-dependencies", {}).get("dev", [])
    return [Requirement(text) for text in project["dependencies"]], [Requirement(text) for text in extra]


def unmet(path: Path, pins: Pins, requirements: list[Requirement]) -> Iterator[Problem]:
    """Requirements that the lock lacks or pins outside their range."""
    for requirement in requirements:
        version, line = pins.get(canonicalize_name(requirement.name), ("", 1))
        if not version:
            yield path, line, f"{requirement.name} is asked for in pyproject.toml and not locked: make lock"
        elif not requirement.specifier.contains(version, prereleases=True):
            yield path, line, f"{requirement.name} {version} is outside {requirement.specifier}: make lock"


def find(root: Path) -> list[Problem]:
    """Every problem of the two locks and of the page that explains them."""
    problems: list[Problem] = []
    run, develop = declared(root)
    pins, dev_pins = (read_lock(root, path, problems) for path in (LOCK, DEV_LOCK))
    problems += unmet(LOCK, pins, run)
    problems += unmet(DEV_LOCK, dev_pins, run + develop)
    for name, (version, line) in pins.items():
        if dev_pins.get(name, ("", 0))[0] != version:
            problems.append((LOCK, line, f"{name} {version} differs from {DEV_LOCK}: make lock"))
    explained = EXPLAINED.finditer((root / DOCS).read_text(encoding="utf-8"))
    told = {canonicalize_name(match["name"]) for match in explained}
    wanted = {canonicalize_name(requirement.name) for requirement in run + develop}
    problems += [(DOCS, 1, f"{name} is used and has no line here") for name in wanted - told]
    problems += [(DOCS, 1, f"{name} is explained and no longer used") for name in told - wanted - {"package"}]
    return problems


if __name__ == "__main__":
    main(find)
