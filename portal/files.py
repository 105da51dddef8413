"""The one way into and out of stored files."""

import hashlib
from io import BytesIO

from django.core.files import File
from django.http import FileResponse

from portal.models import Organisation, StoredFile, User

#: Types a browser may show in place; everything else is handed over as a download of unknown bytes.
SHOWN_IN_PLACE = {"application/pdf", "image/png", "image/jpeg"}


def store(
    content: bytes, *, name: str, content_type: str, organisation: Organisation, by: User | None
) -> StoredFile:
    """Keep bytes under a random path and return their row; call inside the owner's transaction."""
    stored = StoredFile(
        name=name[:255],
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        organisation=organisation,
        created_by=by,
    )
    stored.file.save("", File(BytesIO(content), name="content"), save=False)
    stored.save()
    return stored


def serve(stored: StoredFile) -> FileResponse:
    """A download with headers that keep hostile content harmless; the caller has checked permission."""
    kind = stored.content_type if stored.content_type in SHOWN_IN_PLACE else "application/octet-stream"
    response = FileResponse(
        stored.file.open("rb"), as_attachment=True, filename=stored.name, content_type=kind
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
