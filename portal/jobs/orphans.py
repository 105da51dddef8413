"""What a crash between writing a file and committing its row has left on the disk."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from portal.models import StoredFile

#: Younger files may belong to a transaction that is still open.
MIN_AGE_SECONDS = 24 * 60 * 60


def orphans() -> Iterator[Path]:
    """Stored files without a row that are older than a day."""
    youngest = time.time() - MIN_AGE_SECONDS
    for folder in sorted((Path(settings.MEDIA_ROOT) / "files").glob("??")):
        old = {path.name: path for path in folder.iterdir() if path.stat().st_mtime < youngest}
        ids = [name for name in old if _is_id(name)]
        known = {str(pk) for pk in StoredFile.objects.filter(pk__in=ids).values_list("pk", flat=True)}
        yield from (old[name] for name in sorted(ids) if name not in known)


def remove_orphans(*, dry_run: bool = False) -> list[Path]:
    """Delete them; return which."""
    found = list(orphans())
    if not dry_run:
        for path in found:
            path.unlink(missing_ok=True)
    return found


def _is_id(name: str) -> bool:
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False
