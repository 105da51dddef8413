"""What every check of this folder shares: the files of the project, and how problems are told."""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

APPS = ("portal", "municipalities", "programs", "assessments", "reports")
#: Folders that hold nothing of ours when there is no git to ask (a downloaded archive).
NOT_OURS = {".git", ".venv", ".cache", "__pycache__", "staticfiles", "var"}

Problem = tuple[Path, int, str]


def project_files(root: Path, *suffixes: str) -> list[Path]:
    """The files of the project, tracked or about to be, relative to root; all suffixes when none is named."""
    found = _listed_by_git(root) if (root / ".git").exists() else _walked(root)
    return sorted(path for path in found if not suffixes or path.suffix in suffixes)


def _listed_by_git(root: Path) -> Iterator[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    output = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    return (Path(name) for name in output.split("\0") if name and (root / name).is_file())


def _walked(root: Path) -> Iterator[Path]:
    for path in root.rglob("*"):
        relative = path.relative_to(root)
        if path.is_file() and not NOT_OURS & set(relative.parts):
            yield relative


def is_app_code(path: Path) -> bool:
    """Whether the file is Python of one of the five apps, migrations left out."""
    return path.suffix == ".py" and path.parts[0] in APPS and "migrations" not in path.parts


def line_of(text: str, position: int) -> int:
    """The number, from 1, of the line that holds this position."""
    return text.count("\n", 0, position) + 1


def main(find: Callable[[Path], Iterable[Problem]]) -> None:
    """Print the problems found below the folder named on the command line; exit 1 when there is one."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    problems = sorted(find(root))
    for path, line, sentence in problems:
        print(f"{path}:{line}: {sentence}")
    sys.exit(1 if problems else 0)
