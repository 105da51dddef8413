"""Vendors and the consortia that support a region."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from programs.core.models.programs import Region


class Vendor(models.Model):
    """A company or body that gives hands-on support (伴走支援事業者); its name is its organisation's."""

    organisation = models.OneToOneField(
        "portal.Organisation", verbose_name="団体", on_delete=models.PROTECT, related_name="vendor"
    )
    invoice_number = models.CharField(
        "適格請求書発行事業者登録番号",
        max_length=14,
        blank=True,
        validators=[RegexValidator(r"^T[0-9]{13}$", "登録番号は、Tと13桁の半角数字で入力してください。")],
    )

    class Meta:
        verbose_name = verbose_name_plural = "事業者"
        ordering = ["organisation__name"]

    def __str__(self) -> str:
        return self.organisation.name


class Consortium(models.Model):
    """The vendors under contract for a region (支援体制), from a day until a day."""

    region = models.OneToOneField(
        Region, verbose_name="支援地域", on_delete=models.PROTECT, related_name="consortium"
    )
    contract_from = models.DateField("契約の開始日")
    contract_to = models.DateField("契約の終了日")

    class Meta:
        verbose_name = verbose_name_plural = "支援体制"
        ordering = ["region"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contract_to__gte=F("contract_from")), name="consortium_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region} 支援体制"


class ConsortiumMember(models.Model):
    """A vendor in a consortium; exactly one of them leads (代表機関)."""

    consortium = models.ForeignKey(
        Consortium, verbose_name="支援体制", on_delete=models.CASCADE, related_name="members"
    )
    vendor = models.ForeignKey(
        Vendor, verbose_name="事業者", on_delete=models.PROTECT, related_name="consortium_memberships"
    )
    is_lead = models.BooleanField("代表機関", default=False)
    position = models.PositiveSmallIntegerField("並び順", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "支援体制の構成員"
        ordering = ["consortium", "-is_lead", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["consortium", "vendor"], name="consortium_member_once"),
            models.UniqueConstraint(
                fields=["consortium"],
                condition=Q(is_lead=True),
                name="consortium_one_lead",
                violation_error_message="代表機関は、1者だけにしてください。",
            ),
        ]

    def __str__(self) -> str:
        return str(self.vendor)
