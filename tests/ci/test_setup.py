"""`.ci/setup` says in one sentence what a person without rights must install, and touches nothing before."""

import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

TOOLS = ("bash", "dirname", "grep", "id", "cat", "sha256sum")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A copy of the project's setup on a machine that has next to nothing: no apt, no fonts, no Python."""
    (tmp_path / "project" / ".ci").mkdir(parents=True)
    shutil.copy(settings.BASE_DIR / ".ci" / "setup", tmp_path / "project" / ".ci")
    for name in ("requirements.lock", "requirements-dev.lock"):
        shutil.copy(settings.BASE_DIR / name, tmp_path / "project")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    return tmp_path


def setup(machine: Path, mode: str) -> subprocess.CompletedProcess:
    """Run the setup with nothing but the tools of that machine."""
    command = [str(machine / "bin" / "bash"), str(machine / "project" / ".ci" / "setup"), mode]
    environment = {"PATH": str(machine / "bin")}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def install_python(machine: Path, version: str, *, new_enough: bool) -> None:
    """A python3 of this version that answers what the setup asks: no venv, no library for PDF."""
    allowed = f"exit {int(not new_enough)}"
    path = machine / "bin" / "python3"
    path.write_text(
        "#!/bin/bash\n"
        f'case "$*" in --version) echo Python {version} ;; *version_info*) {allowed} ;;\n'
        "*ensurepip*) exit 1 ;; *) echo libharfbuzz-subset0 ;; esac\n"
    )
    path.chmod(0o755)


def test_without_a_python_it_says_which_one_is_needed(machine):
    done = setup(machine, "demo")
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed and was not found (python3 here: none)" in done.stderr


def test_an_old_python_is_named(machine):
    install_python(machine, "3.10.4", new_enough=False)
    done = setup(machine, "demo")
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed and was not found (python3 here: Python 3.10.4)" in done.stderr


@pytest.mark.parametrize(
    ("mode", "packages"),
    [
        ("demo", "python3-venv libharfbuzz-subset0 fonts-noto-cjk"),
        ("test", "python3-venv libharfbuzz-subset0 fonts-noto-cjk poppler-utils"),
    ],
)
def test_without_rights_it_names_the_exact_command_once(machine, mode, packages):
    install_python(machine, "3.12.1", new_enough=True)
    done = setup(machine, mode)
    assert (done.returncode, done.stdout) == (1, "")
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert f"apt-get update && apt-get install -y --no-install-recommends {packages}" in lines[0]


def test_an_unknown_mode_is_refused(machine):
    assert setup(machine, "everything").returncode == 2
