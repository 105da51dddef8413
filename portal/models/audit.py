"""What was done, by whom, as what, from where, with what result: a chain of entries nobody edits."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from portal.actor import Actor
from portal.choices import AuditResult, Role

#: Kept by Django alone: a foreign key of the database would lock the row it points to while the head of
#: the chain is held, and two people could wait for each other for ever.
_KEY: Any = {"null": True, "on_delete": models.PROTECT, "related_name": "+", "db_constraint": False}


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Reads of the trail."""

    def for_user(self, actor: Actor | None) -> AuditQuerySet:
        """All for the administrator; else what one's organisation did, and what was done to its things."""
        if actor is None:
            return self.none()
        if actor.role == Role.ADMIN:
            return self
        return self.filter(Q(organisation=actor.organisation) | Q(concerns=actor.organisation))


class AuditEntry(models.Model):
    """One act, refusal or failure (操作記録); each carries the hash of the one before it.

    Names and roles are kept as they were at the time: the rows they point to may change.
    """

    seq = models.PositiveBigIntegerField("番号", unique=True)
    at = models.DateTimeField("日時")
    code = models.CharField("操作", max_length=60)
    result = models.CharField("結果", max_length=10, choices=AuditResult)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="利用者", **_KEY)
    user_name = models.CharField("氏名", max_length=150, blank=True)
    membership = models.ForeignKey("portal.Membership", verbose_name="所属", **_KEY)
    organisation = models.ForeignKey("portal.Organisation", verbose_name="団体", **_KEY)
    organisation_name = models.CharField("団体名", max_length=150, blank=True)
    role = models.CharField("役割", max_length=20, blank=True)
    duty = models.CharField("担当", max_length=20, blank=True)
    concerns = models.ForeignKey(
        "portal.Organisation",
        verbose_name="対象の団体",
        **_KEY,
        help_text="だれのものについての操作か。その団体も自分の記録として読めます。",
    )
    address = models.CharField("接続元", max_length=64, blank=True)
    request_id = models.CharField("要求番号", max_length=36, blank=True)
    job_id = models.UUIDField("処理番号", null=True)
    object_type = models.CharField("対象の種類", max_length=60, blank=True)
    object_id = models.CharField("対象の番号", max_length=60, blank=True)
    object_label = models.CharField("対象", max_length=200, blank=True)
    before = models.JSONField("変更前", default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField("変更後", default=dict, encoder=DjangoJSONEncoder)
    details = models.JSONField("詳細", default=dict, encoder=DjangoJSONEncoder)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "操作記録"
        ordering = ["-seq"]
        indexes = [
            models.Index(fields=["organisation", "-seq"], name="audit_of_organisation"),
            models.Index(fields=["concerns", "-seq"], name="audit_about_organisation"),
            models.Index(fields=["code", "-seq"], name="audit_of_code"),
            models.Index(fields=["user", "-seq"], name="audit_of_user"),
            models.Index(fields=["at"], name="audit_at"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(result__in=AuditResult.values), name="audit_result_known"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.code}"


class AuditHead(models.Model):
    """The end of the chain: one row, locked by whoever appends, so that entries never fork."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.PositiveBigIntegerField("最後の番号", default=0)
    hash = models.CharField("最後の印", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "操作記録の末尾"
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(id=1), name="audit_head_is_one")]

    def __str__(self) -> str:
        return str(self.seq)


class AuditCheckpoint(models.Model):
    """A signed word on the chain at one entry (操作記録の署名): nobody without the key can write another.

    One of kind "head" says how the chain ended on a day; one of kind "purge" stands for the entries up to
    it, which were deleted when their time was over.
    """

    HEAD, PURGE = "head", "purge"
    KINDS = [(HEAD, "末尾の署名"), (PURGE, "保存期間による削除")]

    kind = models.CharField("種類", max_length=10, choices=KINDS)
    seq = models.PositiveBigIntegerField("番号")
    hash = models.CharField("印", max_length=64, blank=True)
    count = models.PositiveBigIntegerField("削除した件数の累計")
    at = models.DateTimeField("日時")
    key_id = models.CharField("鍵の番号", max_length=16)
    signature = models.CharField("署名", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "操作記録の署名"
        ordering = ["seq", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["head", "purge"]), name="audit_checkpoint_kind_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.seq}"
