"""Organisations, and who acts for them from when until when."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.choices import DUTIES_OF_ROLE, Duty, OrganisationKind, Role


class Organisation(models.Model):
    """A body whose people use the portal (団体); Prefecture, Municipality and Vendor point down to it."""

    kind = models.CharField("種別", max_length=20, choices=OrganisationKind)
    name = models.CharField("名称", max_length=100)
    parent = models.ForeignKey(
        "self",
        verbose_name="上位の団体",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    notification_address = models.EmailField("通知先メールアドレス", blank=True)
    phone = models.CharField("電話番号", max_length=40, blank=True)
    sign_off_required = models.BooleanField(
        "提出前の決裁", default=False, help_text="提出の前に、庁内の決裁者の決裁を求めます。"
    )

    class Meta:
        verbose_name = verbose_name_plural = "団体"
        ordering = ["kind", "name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=OrganisationKind.values), name="organisation_kind_known"
            ),
            # Municipality names repeat across prefectures, never within one.
            models.UniqueConstraint(
                fields=["kind", "parent", "name"],
                name="organisation_name_unique_under_parent",
                violation_error_message="同じ名称の団体が、すでに登録されています。",
            ),
            models.UniqueConstraint(
                fields=["kind", "name"],
                condition=Q(parent__isnull=True),
                name="organisation_name_unique_at_top",
                violation_error_message="同じ名称の団体が、すでに登録されています。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """The name with its prefecture where one is needed to tell 25 same-named towns apart."""
        return (
            f"{self.parent.name}{self.name}" if self.parent and self.kind in _UNDER_PREFECTURE else self.name
        )


_UNDER_PREFECTURE = {OrganisationKind.MUNICIPALITY, OrganisationKind.UNION}


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships."""

    def active(self, on: dt.date) -> "MembershipQuerySet":
        """Memberships in force on that day."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on), valid_from__lte=on)


def _duty_fits_role() -> Q:
    """Each role with the duties it knows."""
    condition = Q()
    for role, duties in DUTIES_OF_ROLE.items():
        condition |= Q(role=str(role), duty__in=[str(duty) for duty in duties])
    return condition


class Membership(models.Model):
    """A person acts for an organisation in a role (所属), from a day until a day (both included)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="利用者", on_delete=models.PROTECT, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name="団体", on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField("役割", max_length=20, choices=Role)
    duty = models.CharField("担当", max_length=20, choices=Duty)
    department = models.CharField("所属課", max_length=100, blank=True)
    phone = models.CharField("内線・電話番号", max_length=40, blank=True)
    valid_from = models.DateField("開始日")
    valid_until = models.DateField("終了日", null=True, blank=True)
    deputy = models.BooleanField("代理", default=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "所属"
        ordering = ["organisation__name", "role", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=_duty_fits_role(),
                name="membership_duty_fits_role",
                violation_error_message="この役割では選べない担当です。",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="membership_ends_after_start",
                violation_error_message="終了日は、開始日以降の日付にしてください。",
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "role", "duty", "valid_from"],
                name="membership_unique",
                violation_error_message="同じ所属が、すでに登録されています。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.title}"

    @property
    def title(self) -> str:
        """Role and, where the role knows several, duty: 市町村担当者（決裁者）."""
        role = str(self.get_role_display())
        several = len(DUTIES_OF_ROLE[self.role]) > 1
        return f"{role}（{self.get_duty_display()}）" if several else role
