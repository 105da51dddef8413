"""What a state change and a submission leave behind; each noun has its own table made from these."""

from django.conf import settings
from django.db import models


class StatusChange(models.Model):
    """One move of one thing from state to state: who, as what, when, why (状態の履歴). Never edited."""

    action = models.CharField("操作", max_length=30)
    from_state = models.CharField("変更前", max_length=20)
    to_state = models.CharField("変更後", max_length=20)
    reason = models.TextField("理由", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="操作者", on_delete=models.PROTECT, related_name="+"
    )
    membership = models.ForeignKey(
        "portal.Membership", verbose_name="操作者の所属", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("日時")

    class Meta:
        abstract = True
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class Submission(models.Model):
    """What a form said when it was handed in (提出版). Never edited."""

    number = models.PositiveSmallIntegerField("提出回")
    receipt = models.CharField("受付番号", max_length=40, unique=True)
    content = models.JSONField("内容")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="提出者", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("提出日時")

    class Meta:
        abstract = True
        ordering = ["number"]

    def __str__(self) -> str:
        return self.receipt
