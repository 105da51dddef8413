"""The check of the lock files is seen to refuse each kind of bad lock."""

import pytest

HASH = "    --hash=sha256:" + "a" * 64
PYPROJECT = """
[project]
name = "sample"
dependencies = ["django>=5.2,<5.3"]
[project.optional-dependencies]
dev = ["ruff>=0.17"]
"""
LOCK = f"django==5.2.8 \\\n{HASH}\n    # via sample\n"
DEV_LOCK = LOCK + f"ruff==0.17.6 \\\n{HASH}\n"
DOCS = "| package | what for | why |\n|---|---|---|\n| django | all | known |\n| `ruff` | form | quick |\n"


@pytest.fixture
def project(sample):
    """A project whose locks are right."""
    for name, text in {
        "pyproject.toml": PYPROJECT,
        "requirements.lock": LOCK,
        "requirements-dev.lock": DEV_LOCK,
        "docs/dependencies.md": DOCS,
    }.items():
        sample.write(name, text)
    sample.passes("lock")
    return sample


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("requirements.lock", "django==5.2.8\n", "django has no hash"),
        ("requirements.lock", LOCK + "# {}://example.com\n".format("https"), "an address"),
        ("requirements.lock", LOCK + f"pillow @ file \\\n{HASH}\n", "an address"),
        ("requirements.lock", LOCK + "pillow>=1\n", "not a pin"),
        ("requirements.lock", "", "django is asked for in pyproject.toml and not locked"),
        ("requirements.lock", LOCK.replace("5.2.8", "5.1.0"), "django 5.1.0 is outside"),
        ("requirements.lock", LOCK.replace("5.2.8", "5.2.7"), "differs from requirements-dev.lock"),
        ("requirements-dev.lock", LOCK, "ruff is asked for in pyproject.toml and not locked"),
        (
            "docs/dependencies.md",
            DOCS.replace("| django | all | known |\n", ""),
            "django is used and has no line",
        ),
        ("docs/dependencies.md", DOCS + "| flask | old | gone |\n", "flask is explained and no longer used"),
        ("docs/dependencies.md", DOCS.replace("| known |", "|  |"), "django is used and has no line"),
    ],
)
def test_refuses(project, name, text, sentence):
    project.write(name, text)
    assert sentence in project.refused("lock")
