"""Local issues of an organisation, and the data they are rated with: scale, criteria, levels, steps."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from assessments.choices import IssueAxis, IssueField, IssueState
from portal.actor import Actor
from portal.choices import Role
from portal.models.history import StatusChange
from portal.permissions import Standing
from programs.models import Partnership, Region

#: The most characters of a title and of a description: the one place that says so.
TITLE_LIMIT = 60
DESCRIPTION_LIMIT = 1000
#: Who keeps a list of their own.
AUTHOR_ROLES = frozenset({Role.MUNICIPALITY, Role.PREFECTURE})


class SupportStep(models.Model):
    """One of the steps a region or an issue goes through (取組の段階, STEP01–04)."""

    code = models.CharField("コード", max_length=10, unique=True)
    number = models.PositiveSmallIntegerField("番号", unique=True)
    name = models.CharField("名称", max_length=50)
    summary = models.CharField("説明", max_length=200)
    source = models.CharField("出典", max_length=300)
    is_required = models.BooleanField("必須", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "取組の段階"
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class IssueScaleQuerySet(models.QuerySet["IssueScale"]):
    """Reads of scales."""

    def in_use(self, on: dt.date) -> IssueScaleQuerySet:
        """Those that had come into use by that day, the present one first."""
        return self.filter(in_use_from__lte=on).order_by("-in_use_from", "-pk")


class IssueScale(models.Model):
    """One version of how issues are rated (課題の評価の目安); an issue keeps its version."""

    version = models.CharField("版", max_length=20, unique=True)
    name = models.CharField("名称", max_length=50)
    in_use_from = models.DateField("使い始める日", unique=True)
    high_from = models.PositiveSmallIntegerField("「高い」とする段階（以上）")
    low_to = models.PositiveSmallIntegerField("「低い」とする段階（以下）")
    source = models.CharField("出典", max_length=300)

    objects = IssueScaleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "課題の評価の目安"
        ordering = ["-in_use_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(high_from__gt=models.F("low_to")), name="issue_scale_high_above_low"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.version}）"


class IssueCriterion(models.Model):
    """What an issue is rated by (評価の観点): 裨益性, 難易度 or 緊急性."""

    scale = models.ForeignKey(
        IssueScale, verbose_name="評価の目安", on_delete=models.CASCADE, related_name="criteria"
    )
    code = models.CharField("コード", max_length=10, choices=IssueAxis)
    name = models.CharField("名称", max_length=20)
    question = models.CharField("何を評価するか", max_length=200)
    low_words = models.CharField("低い側の言い方", max_length=20)
    high_words = models.CharField("高い側の言い方", max_length=20)
    position = models.PositiveSmallIntegerField("並び順")

    class Meta:
        verbose_name = verbose_name_plural = "評価の観点"
        ordering = ["scale", "position"]
        constraints = [
            models.UniqueConstraint(fields=["scale", "code"], name="issue_criterion_once"),
            models.CheckConstraint(condition=Q(code__in=IssueAxis.values), name="issue_criterion_known"),
        ]

    def __str__(self) -> str:
        return self.name


class IssueLevel(models.Model):
    """One level of a criterion (目安の段階); one without an anchor lies between its neighbours."""

    criterion = models.ForeignKey(
        IssueCriterion, verbose_name="観点", on_delete=models.CASCADE, related_name="levels"
    )
    level = models.PositiveSmallIntegerField("段階")
    label = models.CharField("名称", max_length=20)
    anchor = models.CharField("目安", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "目安の段階"
        ordering = ["criterion", "level"]
        constraints = [models.UniqueConstraint(fields=["criterion", "level"], name="issue_level_once")]

    def __str__(self) -> str:
        return f"{self.level} {self.label}"


class LocalIssueQuerySet(models.QuerySet["LocalIssue"]):
    """Reads of local issues."""

    def for_user(self, actor: Actor | None) -> LocalIssueQuerySet:
        """Own ones, withdrawn or not; others in one's charge only while they are shared and in force."""
        if actor is None:
            return self.none()
        own = Q(organisation=actor.organisation) if actor.role in AUTHOR_ROLES else None
        others = _in_charge(actor)
        if others is not None:
            others &= Q(shared=True, withdrawn_at__isnull=True)
        scopes = [scope for scope in (own, others) if scope is not None]
        if not scopes:
            return self.none()
        return self.filter(scopes[0] | scopes[1] if len(scopes) > 1 else scopes[0])

    def active(self) -> LocalIssueQuerySet:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


def _in_charge(actor: Actor) -> Q | None:
    """Whose shared issues a role reads; None for those who read only their own, or nothing."""
    if actor.role == Role.PREFECTURE:
        return Q(organisation__parent=actor.organisation)
    if actor.role == Role.VENDOR:
        regions = Region.objects.for_user(actor)
        partner = Partnership.objects.filter(organisation=OuterRef("organisation"), region__in=regions)
        home = regions.filter(prefecture__organisation=OuterRef("organisation"))
        return Q(Exists(partner)) | Q(Exists(home))
    # Every condition can be combined with others; an empty one cannot.
    return Q(pk__isnull=False) if actor.role == Role.SECRETARIAT else None


class LocalIssue(models.Model):
    """A problem a town, union or prefecture wants to solve (地域課題); others read it once it is shared."""

    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="団体", on_delete=models.PROTECT, related_name="local_issues"
    )
    title = models.CharField("地域課題", max_length=TITLE_LIMIT)
    description = models.TextField("説明", blank=True, max_length=DESCRIPTION_LIMIT)
    field = models.CharField("分野", max_length=12, choices=IssueField, blank=True)
    scale = models.ForeignKey(
        IssueScale, verbose_name="評価の目安", on_delete=models.PROTECT, related_name="issues"
    )
    benefit = models.PositiveSmallIntegerField("裨益性", null=True, blank=True)
    difficulty = models.PositiveSmallIntegerField("難易度", null=True, blank=True)
    urgency = models.PositiveSmallIntegerField("緊急性", null=True, blank=True)
    controllable = models.BooleanField("自団体で対応できるか", null=True, blank=True)
    start_now = models.BooleanField("すぐに着手できるか", null=True, blank=True)
    department = models.CharField("担当課", max_length=100, blank=True)
    step = models.ForeignKey(
        SupportStep,
        verbose_name="STEP",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="issues",
    )
    state = models.CharField("状態", max_length=12, choices=IssueState, default=IssueState.TODO)
    shared = models.BooleanField("共有", default=False)
    #: 1, 2, 3 … within the organisation; none while withdrawn.
    position = models.PositiveSmallIntegerField("順位", null=True, blank=True)
    withdrawn_at = models.DateTimeField("取下げ日時", null=True, blank=True)
    is_sample = models.BooleanField("見本データ", default=False)
    version = models.PositiveIntegerField("版", default=1)
    created_at = models.DateTimeField("登録日時")
    updated_at = models.DateTimeField("更新日時")
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="最後に保存した人", on_delete=models.PROTECT, related_name="+"
    )

    objects = LocalIssueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "地域課題"
        ordering = ["organisation", "position", "id"]
        indexes = [models.Index(fields=["organisation", "position"], name="local_issue_rank")]
        constraints = [
            models.CheckConstraint(
                condition=Q(field__in=["", *IssueField.values]), name="local_issue_field_known"
            ),
            models.CheckConstraint(condition=Q(state__in=IssueState.values), name="local_issue_state_known"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, position__isnull=False, position__gte=1)
                | Q(withdrawn_at__isnull=False, position__isnull=True),
                name="local_issue_ranked_unless_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_withdrawn(self) -> bool:
        """Whether its organisation took it off its list."""
        return self.withdrawn_at is not None

    @property
    def is_rated(self) -> bool:
        """Whether it has a place in the quadrant chart."""
        return self.benefit is not None and self.difficulty is not None

    @property
    def scale_version(self) -> str:
        """The version of the scale it was rated with."""
        return self.scale.version

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """Author; while it is shared, also the prefecture above it, its vendors and the secretariat."""
        if actor.role in AUTHOR_ROLES and self.organisation_id == actor.organisation.pk:
            return frozenset({Standing.AUTHOR})
        if self.pk and LocalIssue.objects.for_user(actor).filter(pk=self.pk).exists():
            return frozenset({Standing(actor.role)})
        return frozenset()


class LocalIssueChange(StatusChange):
    """History of a local issue: states, sharing, withdrawal."""

    issue = models.ForeignKey(
        LocalIssue, verbose_name="地域課題", on_delete=models.CASCADE, related_name="status_changes"
    )

    class Meta(StatusChange.Meta):
        verbose_name = verbose_name_plural = "地域課題の履歴"
