"""Files without a row go, all others stay."""

import os
import time
import uuid
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from portal.files import store
from tests import factories as f


@pytest.fixture
def files(db, settings):
    """One stored file, an old and a young orphan, and something of somebody else's; the stored one is old."""
    stored = store(b"1", name="a", content_type="text/plain", organisation=f.OrganisationFactory(), by=None)
    kept = Path(stored.file.path)
    folder = kept.parent
    old, young, strange = folder / str(uuid.uuid4()), folder / str(uuid.uuid4()), folder / "notes.txt"
    for path in (old, young, strange):
        path.write_bytes(b"2")
    long_ago = time.time() - 25 * 60 * 60
    for path in (kept, old, strange):
        os.utime(path, (long_ago, long_ago))
    return kept, old, young, strange


def test_only_old_files_without_a_row_are_deleted(files):
    kept, old, young, strange = files
    out = StringIO()
    call_command("remove_orphans", stdout=out)
    assert out.getvalue().split() == [str(old)]
    assert [path.exists() for path in (kept, old, young, strange)] == [True, False, True, True]


def test_a_dry_run_deletes_nothing(files):
    call_command("remove_orphans", "--dry-run", stdout=StringIO())
    assert all(path.exists() for path in files)
