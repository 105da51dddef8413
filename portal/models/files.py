"""Files the portal keeps: bytes here, meaning and permission with the row that uses them."""

import uuid
from pathlib import PurePosixPath

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.choices import ScanState


def random_path(stored: "StoredFile", _name: str) -> str:
    """A path made of the row's own random id: the given name is data and never reaches the disk."""
    return str(PurePosixPath("files") / str(stored.pk)[:2] / str(stored.pk))


class StoredFile(models.Model):
    """Bytes with their name and type (ファイル); served only through the view of their owner."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField("ファイル", upload_to=random_path, max_length=200)
    name = models.CharField("ファイル名", max_length=255)
    content_type = models.CharField("種類", max_length=120)
    size = models.PositiveBigIntegerField("大きさ（バイト）")
    sha256 = models.CharField(max_length=64)
    organisation = models.ForeignKey("portal.Organisation", verbose_name="団体", on_delete=models.PROTECT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登録者", null=True, on_delete=models.PROTECT
    )
    #: Where no scanner is configured a file stays unscanned, and is served.
    scan_state = models.CharField(
        "ウイルス検査", max_length=10, choices=ScanState, default=ScanState.UNSCANNED
    )
    scan_note = models.CharField("見つかったウイルス", max_length=200, blank=True)
    scanned_at = models.DateTimeField("検査日時", null=True, blank=True)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "ファイル"
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(scan_state__in=ScanState.values), name="file_scan_state_known")
        ]

    def __str__(self) -> str:
        return self.name
