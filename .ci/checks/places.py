"""Nothing in the project names a place of one machine: folders of a developer, a mirror of packages."""

import re
from collections.abc import Iterator
from pathlib import Path

from files import Problem, line_of, main, project_files

RULES = (
    (
        re.compile(r"(?<![\w.$})/])/(?:work|root|home|Users|tmp|opt/pypi)/[\w<.]"),
        "a path of one machine: take it from the environment, or from the place of this file",
    ),
    (
        re.compile(
            r"(?i)https?://[\w.-]*(?:pypi|pythonhosted|npmjs|registry|artifactory|nexus|mirror)[\w.-]*"
        ),
        "the address of a package registry: each machine has its own",
    ),
    (
        re.compile(
            r"(?i)--(?:(?:extra-)?index-url|find[-]links|trusted[-]host)\b|\b(?:PIP|UV)_(?:\w*INDEX|FIND_LINKS)"
        ),
        "a package registry chosen here: each machine has its own",
    ),
)


def find(root: Path) -> Iterator[Problem]:
    """Every place named in a text file."""
    for path in project_files(root):
        try:
            text = (root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures and workbooks
        for pattern, sentence in RULES:
            for match in pattern.finditer(text):
                yield path, line_of(text, match.start()), f"{match.group()!r}: {sentence}"


if __name__ == "__main__":
    main(find)
