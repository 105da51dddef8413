"""What somebody typed and has not saved yet."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

from portal.actor import Actor


class DraftBufferQuerySet(models.QuerySet["DraftBuffer"]):
    """Reads of draft buffers."""

    def for_user(self, actor: Actor | None) -> DraftBufferQuerySet:
        """One's own, typed for the organisation one acts for; nobody else ever reads them."""
        if actor is None:
            return self.none()
        return self.filter(user=actor.user, organisation=actor.organisation)

    def typed_since(self, moment: dt.datetime) -> DraftBufferQuerySet:
        """Those touched at or after a moment."""
        return self.filter(updated_at__gte=moment)


class DraftBuffer(models.Model):
    """Text kept beside a form until it is saved (下書き控え): it never touches the row it is meant for.

    `form` names what is filled in, the same for all who may fill it in; `payload` holds the controls
    as typed, with the version of the row that the page showed.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="入力した人", on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="団体", on_delete=models.PROTECT, related_name="+"
    )
    form = models.CharField("対象", max_length=120)
    title = models.CharField("画面", max_length=200)
    url = models.CharField("画面の場所", max_length=200)
    payload = models.JSONField("入力内容", default=dict)
    updated_at = models.DateTimeField("入力日時")

    objects = DraftBufferQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "下書き控え"
        ordering = ["-updated_at", "id"]
        indexes = [models.Index(fields=["form", "-updated_at"], name="draft_of_form")]
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "form"], name="draft_once_per_person")
        ]

    def __str__(self) -> str:
        return self.title
