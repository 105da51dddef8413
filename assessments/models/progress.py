"""Progress reports of towns and prefectures, and the prefecture's own part."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.choices import HANDED_IN, FormState
from assessments.models.rounds import Round, organisations_scope, standings_towards
from assessments.models.sections import Section, sections_for
from portal.actor import Actor
from portal.models.history import StatusChange, Submission
from portal.permissions import Standing

#: The most characters a text takes: the one place that says so (form, counter, service).
SECTION_LIMIT = 2000


class ProgressReportQuerySet(models.QuerySet["ProgressReport"]):
    """Reads of progress reports."""

    def for_user(self, actor: Actor | None) -> ProgressReportQuerySet:
        """Own ones in every state; others in one's charge from 提出済み on, never their drafts."""
        if actor is None:
            return self.none()
        scope = organisations_scope(actor, program="round__program")
        if scope is None:
            return self.none()
        readable = Q(organisation=actor.organisation) | Q(state__in=HANDED_IN) | Q(submissions__isnull=False)
        return self.filter(scope).filter(readable).distinct()

    def handed_in(self) -> ProgressReportQuerySet:
        """Reports that count: submitted, accepted, or accepted once and being corrected."""
        return self.filter(Q(state__in=HANDED_IN) | Q(accepted__isnull=False))


class ProgressReport(models.Model):
    """What an organisation tells of its progress in a round (取組状況)."""

    round = models.ForeignKey(
        Round, verbose_name="報告回", on_delete=models.PROTECT, related_name="progress_reports"
    )
    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="団体", on_delete=models.PROTECT, related_name="progress_reports"
    )
    state = models.CharField("状態", max_length=10, choices=FormState, default=FormState.DRAFT)
    version = models.PositiveIntegerField("版", default=1)
    overview = models.TextField("取組の概要", blank=True, max_length=SECTION_LIMIT)
    activities = models.TextField("これまでの取組", blank=True, max_length=SECTION_LIMIT)
    issues = models.TextField("見えてきた課題", blank=True, max_length=SECTION_LIMIT)
    effective_support = models.TextField("有効と思われる支援", blank=True, max_length=SECTION_LIMIT)
    outlook = models.TextField("今後の予定・展望", blank=True, max_length=SECTION_LIMIT)
    fields = models.JSONField("取組の分野", default=list, blank=True)
    steps = models.JSONField("STEPごとの状態", default=dict, blank=True)
    target_state = models.TextField("目指す姿", blank=True, max_length=SECTION_LIMIT)
    #: Section → its reason.
    skipped = models.JSONField("該当なしの項目", default=dict, blank=True)
    #: Section → whether somebody has confirmed that the text of the round before still holds.
    carried = models.JSONField("前回の内容をコピーした項目", default=dict, blank=True)
    returned_sections = models.JSONField("差し戻した項目", default=list, blank=True)
    opened_at = models.DateTimeField("確認の開始日時", null=True, blank=True)
    #: The submission that was accepted last: it stands while a correction is under way.
    accepted = models.ForeignKey(
        "assessments.ProgressSubmission",
        verbose_name="受理された提出版",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    updated_at = models.DateTimeField("更新日時")
    writers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name="入力した人", blank=True, related_name="+"
    )

    objects = ProgressReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "取組状況"
        ordering = ["round", "organisation__parent_id", "organisation__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="progress_report_once"),
            models.CheckConstraint(condition=Q(state__in=FormState.values), name="progress_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.round}"

    @property
    def sections(self) -> tuple[Section, ...]:
        """What is asked of its organisation."""
        return sections_for(self.organisation.kind)

    @property
    def is_correction(self) -> bool:
        """Whether what was accepted is being corrected: written, signed off, handed in or returned."""
        return self.accepted_id is not None and self.state != FormState.ACCEPTED

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """Author, prefecture above it, contracted vendor or the state side."""
        return standings_towards(actor, self.organisation, self.round.program_id)


class ProgressStatusChange(StatusChange):
    """History of a progress report."""

    report = models.ForeignKey(
        ProgressReport, verbose_name="取組状況", on_delete=models.CASCADE, related_name="status_changes"
    )

    #: The sections that a return names.
    sections = models.JSONField("項目", default=list, blank=True)

    class Meta(StatusChange.Meta):
        verbose_name = verbose_name_plural = "取組状況の履歴"


class ProgressSubmission(Submission):
    """A progress report as it was handed in."""

    report = models.ForeignKey(
        ProgressReport, verbose_name="取組状況", on_delete=models.CASCADE, related_name="submissions"
    )

    corrects = models.ForeignKey(
        "self",
        verbose_name="訂正する提出版",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
    )
    reason = models.TextField("訂正の理由", blank=True)

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "取組状況の提出版"
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="progress_submission_number_once")
        ]


class PrefectureSupportQuerySet(models.QuerySet["PrefectureSupport"]):
    """Reads of the prefecture's part."""

    def for_user(self, actor: Actor | None) -> PrefectureSupportQuerySet:
        """Rows about one's own town or towns in one's charge."""
        scope = organisations_scope(actor, program="round__program") if actor else None
        return self.none() if scope is None else self.filter(scope)


class PrefectureSupport(models.Model):
    """How the prefecture supports one town (県による支援の状況); the prefecture's until the round closes."""

    round = models.ForeignKey(
        Round, verbose_name="報告回", on_delete=models.PROTECT, related_name="prefecture_supports"
    )
    organisation = models.ForeignKey(
        "portal.Organisation",
        verbose_name="市町村",
        on_delete=models.PROTECT,
        related_name="prefecture_supports",
    )
    text = models.TextField("県による支援の状況", blank=True, max_length=SECTION_LIMIT)
    version = models.PositiveIntegerField("版", default=1)
    updated_at = models.DateTimeField("更新日時")

    objects = PrefectureSupportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "県による支援の状況"
        ordering = ["round", "organisation"]
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="prefecture_support_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.round}"

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the town; the town itself only reads."""
        return standings_towards(actor, self.organisation, self.round.program_id)
