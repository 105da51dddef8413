"""Handing a stored file out; who may have it, the owner's view has checked before."""

from __future__ import annotations

from io import BytesIO

from django.conf import settings
from django.http import FileResponse

from portal.choices import ScanState
from portal.errors import PortalError
from portal.models import StoredFile

#: Types named to the browser; everything else is handed over as a download of unknown bytes.
NAMED_TYPES = {"application/pdf", "image/png", "image/jpeg"}
POLICY = "sandbox; default-src 'none'"


class FileWithheld(PortalError):
    """A file that nobody gets now: it waits for its virus scan, or was found infected."""


def serve(stored: StoredFile) -> FileResponse:
    """A download with headers that keep hostile content harmless; the caller has checked permission.

    With PORTAL_ACCEL_LOCATION set, the body is empty and the proxy sends the bytes from a folder that
    only this answer lets it read (docs/operations.md).
    """
    _refuse_unsafe(stored)
    accelerated = bool(settings.PORTAL_ACCEL_LOCATION)
    body = BytesIO() if accelerated else stored.file.open("rb")
    kind = stored.content_type if stored.content_type in NAMED_TYPES else "application/octet-stream"
    response = FileResponse(body, as_attachment=True, filename=stored.name, content_type=kind)
    if accelerated:
        del response["Content-Length"]
        response["X-Accel-Redirect"] = f"{settings.PORTAL_ACCEL_LOCATION.rstrip('/')}/{stored.file.name}"
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _refuse_unsafe(stored: StoredFile) -> None:
    if stored.scan_state == ScanState.SCANNING:
        raise FileWithheld(
            f"「{stored.name}」は、ウイルスの検査が終わっていません。少し待ってから、もう一度開いてください。"
        )
    if stored.scan_state == ScanState.INFECTED:
        raise FileWithheld(
            f"「{stored.name}」からウイルスが見つかったため、取得できません。添付した団体に連絡してください。"
        )
