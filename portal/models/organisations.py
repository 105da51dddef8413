"""Organisations, and who acts for them from when until when."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from portal.actor import Actor
from portal.choices import DUTIES_OF_ROLE, KEPT_KINDS, KEPT_UNDER, ROLE_OF_KIND, Duty, OrganisationKind, Role
from portal.permissions import STANDING_OF_ROLE, Standing


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Reads of organisations."""

    def for_user(self, actor: Actor | None) -> OrganisationQuerySet:
        """All for secretariat and admin; a prefecture its own and those under it; others their own."""
        if actor is None:
            return self.none()
        if actor.role in (Role.SECRETARIAT, Role.ADMIN):
            return self.all()
        own = Q(pk=actor.organisation.pk)
        return self.filter(own | Q(parent=actor.organisation) if actor.role == Role.PREFECTURE else own)

    def kept_by(self, actor: Actor) -> OrganisationQuerySet:
        """Organisations whose people the actor's organisation looks after."""
        kept = Q(kind__in=KEPT_KINDS.get(actor.role, ()))
        if actor.role in KEPT_UNDER:
            kept = Q(kind__in=KEPT_UNDER[actor.role], parent=actor.organisation) | Q(pk=actor.organisation.pk)
        return self.filter(kept)

    def vacant(self, on: dt.date) -> OrganisationQuerySet:
        """Municipalities and unions that had someone once, and nobody who can act on that day."""
        people = Membership.objects.filter(organisation=OuterRef("pk"), user__is_active=True)
        begun = Membership.objects.filter(organisation=OuterRef("pk"), valid_from__lte=on)
        return self.filter(Exists(begun), ~Exists(people.active(on)), kind__in=_UNDER_PREFECTURE)


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

    objects = OrganisationQuerySet.as_manager()

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

    def is_kept_by(self, actor: Actor) -> bool:
        """Whether the actor's organisation looks after this one's people (`kept_by` for one row)."""
        if actor.role in KEPT_UNDER:
            under = self.kind in KEPT_UNDER[actor.role] and self.parent_id == actor.organisation.pk
            return under or self.pk == actor.organisation.pk
        return self.kind in KEPT_KINDS.get(actor.role, ())

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """One's own, one's prefecture's, the state side's; and whether one looks after its people."""
        found: frozenset[Standing] = frozenset()
        if self.pk == actor.organisation.pk:
            author = frozenset() if actor.role == Role.EXPERT else frozenset({Standing.AUTHOR})
            found = STANDING_OF_ROLE[actor.role] | author
        elif actor.role == Role.PREFECTURE and self.parent_id == actor.organisation.pk:
            found = frozenset({Standing.PREFECTURE})
        elif actor.role in (Role.SECRETARIAT, Role.ADMIN):
            found = STANDING_OF_ROLE[actor.role]
        return found | {Standing.KEEPER} if self.is_kept_by(actor) else found


_UNDER_PREFECTURE = {OrganisationKind.MUNICIPALITY, OrganisationKind.UNION}


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships."""

    def active(self, on: dt.date) -> MembershipQuerySet:
        """Memberships in force on that day."""
        return self.standing().filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=on), valid_from__lte=on
        )

    def standing(self) -> MembershipQuerySet:
        """Memberships that were not called off before they began."""
        return self.filter(withdrawn_at__isnull=True)

    def for_user(self, actor: Actor | None) -> MembershipQuerySet:
        """Memberships in the organisations the actor may see."""
        if actor is None:
            return self.none()
        if actor.role in (Role.SECRETARIAT, Role.ADMIN):
            return self.all()
        own = Q(organisation=actor.organisation)
        under = Q(organisation__parent=actor.organisation)
        return self.filter(own | under if actor.role == Role.PREFECTURE else own)


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
    #: Called off before it began (a hand-over that was withdrawn); the row stays, it gives no right.
    withdrawn_at = models.DateTimeField("取りやめ日時", null=True, blank=True)

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
                condition=Q(withdrawn_at__isnull=True),
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

    @staticmethod
    def first_duty(kind: str) -> str:
        """The duty a person gets in an organisation of this kind when nothing else is said."""
        return DUTIES_OF_ROLE[ROLE_OF_KIND[kind]][0]

    def is_active(self, on: dt.date) -> bool:
        """Whether it is in force on that day (`active` for one row)."""
        begun = self.withdrawn_at is None and self.valid_from <= on
        return begun and (self.valid_until is None or self.valid_until >= on)

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the organisation; the author's part only over a town's 入力担当.

        So a town's 決裁者 may see to the successor of its 入力担当, and nobody to their own.
        """
        found = self.organisation.roles_of(actor)
        editor = self.duty == Duty.EDITOR and self.user_id != actor.user.pk
        return found if editor else found - {Standing.AUTHOR}
