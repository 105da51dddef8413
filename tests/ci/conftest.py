"""A folder to put a bad sample in, and a way to run one check of `.ci/checks` on it."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

CHECKS = settings.BASE_DIR / ".ci" / "checks"


class Sample:
    """A small project in a folder of its own, as a check would meet it."""

    def __init__(self, root: Path):
        self.root = root

    def write(self, name: str, text: str) -> None:
        """Put one file in."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self, check: str) -> subprocess.CompletedProcess:
        """Run one check on the sample."""
        command = [sys.executable, str(CHECKS / f"{check}.py"), str(self.root)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def refused(self, check: str) -> str:
        """What the check says; it must have refused, and not crashed."""
        done = self.run(check)
        assert (done.returncode, done.stderr) == (1, ""), done.stdout + done.stderr
        return done.stdout

    def passes(self, check: str) -> None:
        """The check must be content and silent."""
        done = self.run(check)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """An empty sample project."""
    return Sample(tmp_path)
