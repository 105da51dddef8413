"""The import contracts of pyproject.toml are seen to break when an import points up."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

GROUPS = ("programs/core", "programs/calls", "programs/staffing")
APPS = ("portal", "municipalities", "programs", "assessments", "reports")


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """The five apps, empty, under the project's own contracts."""
    shutil.copy(settings.BASE_DIR / "pyproject.toml", tmp_path)
    for folder in (*APPS, *GROUPS):
        (tmp_path / folder).mkdir()
        for name in ("__init__", "models", "services", "forms", "tasks", "views", "urls"):
            (tmp_path / folder / f"{name}.py").touch()
    return tmp_path


def contracts_hold(root: Path) -> bool:
    """Whether lint-imports is content with the skeleton."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    return done.returncode == 0


def test_imports_that_point_down_are_kept(skeleton):
    (skeleton / "reports/views.py").write_text("import reports.services, programs.staffing.models\n")
    (skeleton / "programs/staffing/models.py").write_text("import programs.core.models\n")
    assert contracts_hold(skeleton)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("portal/services.py", "municipalities.models"),
        ("municipalities/views.py", "programs.services"),
        ("programs/services.py", "assessments.models"),
        ("assessments/models.py", "reports.models"),
        ("reports/services.py", "reports.tasks"),
        ("reports/models.py", "reports.services"),
        ("programs/core/models.py", "programs.core.services"),
        ("programs/core/services.py", "programs.calls.models"),
        ("programs/calls/services.py", "programs.staffing.models"),
    ],
)
def test_an_import_that_points_up_breaks_a_contract(skeleton, importer, imported):
    (skeleton / importer).write_text(f"import {imported}\n")
    assert not contracts_hold(skeleton)
