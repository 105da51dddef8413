"""Program years and their regions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from portal import clock
from portal.actor import Actor
from portal.choices import Role
from portal.permissions import STANDING_OF_ROLE, Standing
from programs.core.choices import CoverageUnit, LateReminders, RegionStatus

#: Nobody is reminded earlier than this many days before the due day.
REMINDER_DAYS_MAXIMUM = 90


def default_reminder_days() -> list[int]:
    """Days before the due day on which those are reminded who have not handed in."""
    return [14, 7, 3, 1]


def check_reminder_days(days: Any) -> None:
    """Raise ValidationError unless these are whole days, each once."""
    whole = isinstance(days, list) and all(type(day) is int for day in days)
    if not whole or len(set(days)) < len(days) or not all(0 <= day <= REMINDER_DAYS_MAXIMUM for day in days):
        raise ValidationError(
            f"リマインドの日数は、0から{REMINDER_DAYS_MAXIMUM}までの整数を、重ならないように入力してください。"
        )


class ProgramQuerySet(models.QuerySet["Program"]):
    """Reads of programs."""

    def for_user(self, actor: Actor | None) -> ProgramQuerySet:
        """Every program year for business roles; the system administrator has no business rights."""
        if actor is None or actor.role == Role.ADMIN:
            return self.none()
        return self.all()


class Program(models.Model):
    """One year of the program (事業) with every figure of its rules; defaults from the call of FY2025."""

    slug = models.SlugField("識別名", max_length=30, unique=True)
    name = models.CharField("名称", max_length=100)
    fiscal_year = models.PositiveSmallIntegerField(
        "年度（西暦）", validators=[MinValueValidator(2019), MaxValueValidator(2100)]
    )
    starts_on = models.DateField("開始日")
    ends_on = models.DateField("終了日")
    support_from = models.DateField("伴走支援の開始日")
    support_to = models.DateField("伴走支援の終了日")
    is_sample = models.BooleanField("見本データ", default=False)

    # Parameters: what a call may change from year to year.
    region_ceiling_yen = models.PositiveBigIntegerField("1地域の上限額（円）", default=100_000_000)
    returning_ceiling_yen = models.PositiveBigIntegerField(
        "選定歴がある場合の上限額（円）", default=50_000_000
    )
    coverage_unit = models.CharField(
        "通年駐在の確認単位", max_length=5, choices=CoverageUnit, default=CoverageUnit.WEEK
    )
    disclosure_minimum = models.PositiveSmallIntegerField(
        "分布を示す最小団体数",
        default=5,
        help_text="これより少ない団体の平均や分布は、他の団体に示しません。",
    )
    new_year_holiday_from = models.CharField("年末年始の休みの初日（月日）", max_length=5, default="12-29")
    new_year_holiday_to = models.CharField("年末年始の休みの最終日（月日）", max_length=5, default="01-03")
    reminder_days = models.JSONField(
        "期限前のリマインド（期限の何日前か）",
        default=default_reminder_days,
        blank=True,
        validators=[check_reminder_days],
        help_text="休みの日に当たるときは、その前の開庁日に送ります。",
    )
    late_reminders = models.CharField(
        "期限後のリマインド",
        max_length=6,
        choices=LateReminders,
        default=LateReminders.EVERY_WORKING_DAY,
    )

    objects = ProgramQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事業"
        ordering = ["-fiscal_year", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")) & Q(support_to__gte=F("support_from")),
                name="program_ends_after_start",
                violation_error_message="終了日は、開始日以降の日付にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(coverage_unit__in=CoverageUnit.values), name="program_coverage_unit_known"
            ),
            models.CheckConstraint(
                condition=Q(late_reminders__in=LateReminders.values), name="program_late_reminders_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """A program belongs to nobody: the actor is to it what the role is everywhere."""
        return STANDING_OF_ROLE[actor.role]


class RegionQuerySet(models.QuerySet["Region"]):
    """Reads of regions."""

    def adopted(self) -> RegionQuerySet:
        """Regions that reports, coverage and overviews speak of."""
        return self.filter(status=RegionStatus.ADOPTED)

    def for_user(self, actor: Actor | None) -> RegionQuerySet:
        """Regions of one's prefecture, partner town or contract; all of them for the state side."""
        if actor is None:
            return self.none()
        scope = {
            Role.PREFECTURE: Q(prefecture__organisation=actor.organisation),
            Role.MUNICIPALITY: Q(partnerships__organisation=actor.organisation),
            Role.VENDOR: Q(
                consortium__members__vendor__organisation=actor.organisation,
                consortium__contract_from__lte=clock.today(),
                consortium__contract_to__gte=clock.today(),
            ),
            Role.SECRETARIAT: Q(),
            Role.MINISTRY: Q(),
        }.get(actor.role)
        return self.none() if scope is None else self.filter(scope)

    def with_names(self) -> RegionQuerySet:
        """With program and prefecture fetched, as every page of a region needs them."""
        return self.select_related("program", "prefecture__organisation")


class Region(models.Model):
    """A region of support (支援地域): one prefecture in one program year."""

    program = models.ForeignKey(
        Program, verbose_name="事業", on_delete=models.PROTECT, related_name="regions"
    )
    prefecture = models.ForeignKey(
        "municipalities.Prefecture", verbose_name="都道府県", on_delete=models.PROTECT, related_name="regions"
    )
    status = models.CharField("状態", max_length=10, choices=RegionStatus, default=RegionStatus.CANDIDATE)
    title = models.CharField("表題", max_length=200, blank=True)
    summary = models.TextField("概要", blank=True)
    previously_selected = models.BooleanField("過年度の選定", null=True, blank=True)
    position = models.PositiveSmallIntegerField("並び順", default=0)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "支援地域"
        ordering = ["program", "position", "prefecture__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "prefecture"],
                name="region_once_per_program",
                violation_error_message="この事業には、同じ都道府県の支援地域が登録されています。",
            ),
            models.CheckConstraint(condition=Q(status__in=RegionStatus.values), name="region_status_known"),
        ]

    def __str__(self) -> str:
        return self.prefecture.name

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """Prefecture of the region, partner town, contracted vendor, or the state side."""
        own_prefecture = actor.organisation.pk == self.prefecture.organisation_id
        if actor.role == Role.PREFECTURE:
            return STANDING_OF_ROLE[Role.PREFECTURE] if own_prefecture else frozenset()
        if actor.role in (Role.MUNICIPALITY, Role.VENDOR):
            inside = Region.objects.for_user(actor).filter(pk=self.pk).exists()
            standing = Standing.VENDOR if actor.role == Role.VENDOR else Standing.MUNICIPALITY
            return frozenset({standing}) if inside else frozenset()
        return STANDING_OF_ROLE[actor.role]


class RegionTopic(models.Model):
    """One numbered line of a region's plan: 課題 ｜ 実施概要 ｜ 実現する社会像."""

    region = models.ForeignKey(
        Region, verbose_name="支援地域", on_delete=models.CASCADE, related_name="topics"
    )
    number = models.PositiveSmallIntegerField("番号")
    challenge_title = models.CharField("課題（見出し）", max_length=100)
    challenge = models.TextField("課題", blank=True)
    activity_title = models.CharField("実施概要（見出し）", max_length=100, blank=True)
    activity = models.TextField("実施概要", blank=True)
    vision_title = models.CharField("実現する社会像（見出し）", max_length=100, blank=True)
    vision = models.TextField("実現する社会像", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "課題・実施概要・社会像"
        ordering = ["region", "number"]
        constraints = [models.UniqueConstraint(fields=["region", "number"], name="region_topic_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.challenge_title}"
