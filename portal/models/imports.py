"""One upload of a table: the file, what it would change, and what it changed."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.actor import Actor
from portal.choices import ImportState
from portal.permissions import STANDING_OF_ROLE, Standing


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    """Reads of imports."""

    def for_user(self, actor: Actor | None) -> "ImportRunQuerySet":
        """Imports of the actor's own organisation; nobody's for nobody."""
        return self.filter(organisation=actor.organisation) if actor else self.none()


class ImportRun(models.Model):
    """A file read, shown and then applied or not (取り込み); nothing is changed before someone confirms."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("種類", max_length=60)
    params = models.JSONField("対象", default=dict)
    stored_file = models.ForeignKey("portal.StoredFile", verbose_name="ファイル", on_delete=models.PROTECT)
    state = models.CharField("状態", max_length=20, choices=ImportState, default=ImportState.READING)
    organisation = models.ForeignKey("portal.Organisation", verbose_name="団体", on_delete=models.PROTECT)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="依頼者", on_delete=models.PROTECT, related_name="imports"
    )
    membership = models.ForeignKey(
        "portal.Membership", verbose_name="依頼者の所属", on_delete=models.PROTECT, related_name="+"
    )
    #: The last job that read or applied the file.
    job = models.ForeignKey(
        "portal.Job", verbose_name="処理", null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: What would change, and every error; see `portal.imports.plan.Plan`.
    preview = models.JSONField("内容", default=dict)
    #: Key → mark of the row's values when the preview was made; applying refuses rows that differ.
    versions = models.JSONField("確認時の版", default=dict)
    #: Names this preview; who confirms says which one was seen.
    fingerprint = models.CharField("確認した内容の印", max_length=64, blank=True)
    created_at = models.DateTimeField("受付日時")
    applied_at = models.DateTimeField("反映日時", null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="反映した人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "取り込み"
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["organisation", "-created_at"], name="import_of_organisation")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known"),
            models.CheckConstraint(
                condition=Q(state=ImportState.APPLIED, applied_at__isnull=False, applied_by__isnull=False)
                | (~Q(state=ImportState.APPLIED) & Q(applied_at__isnull=True, applied_by__isnull=True)),
                name="import_applied_with_person_and_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=ImportState.PREVIEWED) | ~Q(fingerprint=""),
                name="import_previewed_has_fingerprint",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the role is everywhere, for people of the organisation that uploaded the file."""
        own = actor.organisation.pk == self.organisation_id
        return STANDING_OF_ROLE[actor.role] if own else frozenset()
