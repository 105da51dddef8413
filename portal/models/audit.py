"""What was done, by whom, as what, from where, with what result: a chain of entries nobody edits."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from portal.choices import AuditResult


class AuditEntry(models.Model):
    """One act, refusal or failure (操作記録); each carries the hash of the one before it.

    Names and roles are kept as they were at the time: the rows they point to may change.
    """

    seq = models.PositiveBigIntegerField("番号", unique=True)
    at = models.DateTimeField("日時")
    code = models.CharField("操作", max_length=60)
    result = models.CharField("結果", max_length=10, choices=AuditResult)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="利用者", null=True, on_delete=models.PROTECT, related_name="+"
    )
    user_name = models.CharField("氏名", max_length=150, blank=True)
    membership = models.ForeignKey(
        "portal.Membership", verbose_name="所属", null=True, on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="団体", null=True, on_delete=models.PROTECT, related_name="+"
    )
    organisation_name = models.CharField("団体名", max_length=150, blank=True)
    role = models.CharField("役割", max_length=20, blank=True)
    duty = models.CharField("担当", max_length=20, blank=True)
    concerns = models.ForeignKey(
        "portal.Organisation",
        verbose_name="対象の団体",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
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
