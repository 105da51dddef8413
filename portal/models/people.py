"""Invitations, hand-overs, and offices without anybody in charge."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.actor import Actor
from portal.choices import Duty, HandoverState, InvitationState, LinkKind, Role
from portal.models.organisations import Membership, Organisation
from portal.permissions import Standing


class OfOrganisationQuerySet(models.QuerySet):
    """Reads of what belongs to an organisation's people."""

    def for_user(self, actor: Actor | None) -> OfOrganisationQuerySet:
        """Rows of the organisations the actor may see."""
        if actor is None:
            return self.none()
        return self.filter(organisation__in=Organisation.objects.for_user(actor).values("pk"))


class InvitationQuerySet(OfOrganisationQuerySet):
    """Reads of invitations."""

    def open(self) -> InvitationQuerySet:
        """Neither used nor revoked; expired ones among them."""
        return self.filter(used_at__isnull=True, revoked_at__isnull=True)

    def in_state(self, state: str, now: dt.datetime) -> InvitationQuerySet:
        """Invitations that show this state (`state_at` as a filter)."""
        told = Q(token_hash__isnull=False)
        asked = {
            InvitationState.USED: Q(used_at__isnull=False),
            InvitationState.REVOKED: Q(revoked_at__isnull=False, used_at__isnull=True),
        }
        unfinished = {
            InvitationState.FAILED: ~Q(send_error=""),
            InvitationState.UNSENT: Q(send_error="", token_hash__isnull=True),
            InvitationState.EXPIRED: told & Q(send_error="", expires_at__lte=now),
            InvitationState.SENT: told & Q(send_error="", expires_at__gt=now),
        }
        if state in asked:
            return self.filter(asked[InvitationState(state)])
        return self.open().filter(unfinished[InvitationState(state)])


class Invitation(models.Model):
    """A person is asked to act for an organisation (招待). The link's token is kept as a hash only."""

    organisation = models.ForeignKey(
        Organisation, verbose_name="団体", on_delete=models.PROTECT, related_name="invitations"
    )
    role = models.CharField("役割", max_length=20, choices=Role)
    duty = models.CharField("担当", max_length=20, choices=Duty)
    name = models.CharField("氏名", max_length=100)
    email = models.EmailField("メールアドレス", max_length=254, blank=True)
    #: Issued with the letter to a person without an address of their own.
    login_id = models.CharField("サインインID", max_length=20, unique=True, null=True, blank=True)
    department = models.CharField("所属課", max_length=100, blank=True)
    phone = models.CharField("内線・電話番号", max_length=40, blank=True)
    valid_from = models.DateField("開始日")
    valid_until = models.DateField("終了日", null=True, blank=True)
    deputy = models.BooleanField("代理", default=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="招待した人", on_delete=models.PROTECT, related_name="+"
    )
    membership = models.ForeignKey(
        Membership, verbose_name="招待した人の所属", on_delete=models.PROTECT, related_name="+"
    )
    invited_at = models.DateTimeField("招待日時")
    token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    link_kind = models.CharField("届け方", max_length=10, choices=LinkKind, default=LinkKind.MAIL)
    expires_at = models.DateTimeField("有効期限")
    sent_at = models.DateTimeField("送信日時", null=True, blank=True)
    sent_count = models.PositiveSmallIntegerField("送信回数", default=0)
    letter_count = models.PositiveSmallIntegerField("書面の作成回数", default=0)
    send_error = models.CharField("送信できなかった理由", max_length=200, blank=True)
    used_at = models.DateTimeField("登録日時", null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登録した人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="invitations",
    )
    revoked_at = models.DateTimeField("取消日時", null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="取り消した人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "招待"
        ordering = ["-invited_at", "-id"]
        indexes = [models.Index(fields=["organisation", "-invited_at"], name="invitation_of_organisation")]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="invitation_ends_after_start",
                violation_error_message="終了日は、開始日以降の日付にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, accepted_by__isnull=True)
                | Q(used_at__isnull=False, accepted_by__isnull=False, revoked_at__isnull=True),
                name="invitation_used_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="invitation_revoked_by_someone",
            ),
            models.UniqueConstraint(
                fields=["organisation", "role", "duty", "email", "valid_from"],
                condition=Q(used_at__isnull=True, revoked_at__isnull=True) & ~Q(email=""),
                name="invitation_open_once",
                violation_error_message="同じ内容の招待が、すでにあります。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.name}"

    @property
    def title(self) -> str:
        """Role and duty as a membership shows them."""
        return Membership(role=self.role, duty=self.duty).title

    @property
    def is_open(self) -> bool:
        """Whether it was neither used nor revoked."""
        return self.used_at is None and self.revoked_at is None

    def state_at(self, now: dt.datetime) -> InvitationState:
        """What it shows at that moment."""
        if not self.is_open:
            return InvitationState.USED if self.used_at else InvitationState.REVOKED
        if self.send_error:
            return InvitationState.FAILED
        if self.token_hash is None:
            return InvitationState.UNSENT
        return InvitationState.EXPIRED if self.expires_at <= now else InvitationState.SENT

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the organisation."""
        return self.organisation.roles_of(actor)


class HandoverQuerySet(OfOrganisationQuerySet):
    """Reads of hand-overs."""

    def prepared(self) -> HandoverQuerySet:
        """Hand-overs that are neither done nor withdrawn."""
        return self.filter(state=HandoverState.PREPARED)


class Handover(models.Model):
    """A successor takes over an office from a day on (引継ぎ): prepared, undoable until then, done."""

    organisation = models.ForeignKey(
        Organisation, verbose_name="団体", on_delete=models.PROTECT, related_name="handovers"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="前任者", on_delete=models.PROTECT, related_name="handovers"
    )
    leaving = models.ForeignKey(
        Membership, verbose_name="前任者の所属", on_delete=models.PROTECT, related_name="handovers"
    )
    #: When the leaving membership would have ended without the hand-over; put back by withdrawing.
    until_before = models.DateField("もとの終了日", null=True, blank=True)
    effective_on = models.DateField("適用日")
    successor_name = models.CharField("後任の氏名", max_length=100)
    successor_email = models.EmailField("後任のメールアドレス", max_length=254, blank=True)
    duty = models.CharField("担当", max_length=20, choices=Duty)
    department = models.CharField("所属課", max_length=100, blank=True)
    phone = models.CharField("内線・電話番号", max_length=40, blank=True)
    invitation = models.OneToOneField(
        Invitation,
        verbose_name="後任の招待",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="handover",
    )
    #: The successor's membership: at once for a person with an account, else when they have registered.
    successor = models.ForeignKey(
        Membership,
        verbose_name="後任者の所属",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="taken_over",
    )
    state = models.CharField("状態", max_length=10, choices=HandoverState, default=HandoverState.PREPARED)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="準備した人", on_delete=models.PROTECT, related_name="+"
    )
    membership = models.ForeignKey(
        Membership, verbose_name="準備した人の所属", on_delete=models.PROTECT, related_name="+"
    )
    prepared_at = models.DateTimeField("準備日時")
    ended_at = models.DateTimeField("完了・取りやめ日時", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="取りやめた人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "引継ぎ"
        ordering = ["-effective_on", "organisation__name", "id"]
        indexes = [models.Index(fields=["state", "effective_on"], name="handover_due")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=HandoverState.values), name="handover_state_known"),
            models.CheckConstraint(
                condition=Q(invitation__isnull=False) | Q(successor__isnull=False),
                name="handover_has_successor",
            ),
            models.UniqueConstraint(
                fields=["leaving"],
                condition=Q(state=HandoverState.PREPARED),
                name="handover_prepared_once",
                violation_error_message="この所属の引継ぎは、すでに準備されています。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.person} → {self.successor_name}"

    def may_be_withdrawn(self, today: dt.date) -> bool:
        """Until the day before it takes effect."""
        return self.state == HandoverState.PREPARED and today < self.effective_on

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the membership that is handed over."""
        return self.leaving.roles_of(actor)


class Vacancy(models.Model):
    """An office was found without anybody in charge (担当者の不在); its prefecture is told once."""

    organisation = models.ForeignKey(
        Organisation, verbose_name="団体", on_delete=models.PROTECT, related_name="vacancies"
    )
    since = models.DateField("気付いた日")
    told_at = models.DateTimeField("知らせた日時", null=True, blank=True)
    ended_on = models.DateField("解消した日", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "担当者の不在"
        ordering = ["-since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(ended_on__isnull=True), name="vacancy_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.since}"
