"""Local issues as they are handed in for a round: the list as it stood, its history and its snapshots."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.choices import ASSESSMENT_HANDED_IN, AssessmentState
from assessments.models.rounds import Round, organisations_scope, standings_towards
from portal.actor import Actor
from portal.choices import Role
from portal.models.history import StatusChange, Submission
from portal.permissions import Standing

#: Whoever else reads the states of forms; what stands on a town's list is not for them.
_STRANGERS = frozenset({Role.VENDOR, Role.MINISTRY})


class IssueReportQuerySet(models.QuerySet["IssueReport"]):
    """Reads of lists of issues that are handed in."""

    def for_user(self, actor: Actor | None) -> IssueReportQuerySet:
        """Own ones in every state; those of the towns in one's charge once handed in."""
        if actor is None or actor.role in _STRANGERS:
            return self.none()
        scope = organisations_scope(actor, program="round__program")
        if scope is None:
            return self.none()
        return self.filter(scope).filter(
            Q(organisation=actor.organisation) | Q(state__in=ASSESSMENT_HANDED_IN)
        )

    def handed_in(self) -> IssueReportQuerySet:
        """Those that count: submitted or confirmed."""
        return self.filter(state__in=ASSESSMENT_HANDED_IN)


class IssueReport(models.Model):
    """One organisation hands its local issues in for one round (地域課題の提出).

    It holds no issues of its own: until it is handed in they stand on the organisation's list, and
    afterwards in its snapshot, which later changes of the list do not reach.
    """

    round = models.ForeignKey(
        Round, verbose_name="報告回", on_delete=models.PROTECT, related_name="issue_reports"
    )
    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="団体", on_delete=models.PROTECT, related_name="issue_reports"
    )
    state = models.CharField("状態", max_length=10, choices=AssessmentState, default=AssessmentState.DRAFT)
    version = models.PositiveIntegerField("版", default=1)
    begun_at = models.DateTimeField("作成を始めた日時")
    writers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name="入力した人", blank=True, related_name="+"
    )

    objects = IssueReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "地域課題の提出"
        ordering = ["round", "organisation__parent_id", "organisation__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="issue_report_once"),
            models.CheckConstraint(
                condition=Q(state__in=AssessmentState.values), name="issue_report_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} 地域課題"

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """Author, prefecture above it or the state side."""
        return standings_towards(actor, self.organisation, self.round.program_id)


class IssueReportStatusChange(StatusChange):
    """History of handing local issues in."""

    report = models.ForeignKey(
        IssueReport, verbose_name="地域課題の提出", on_delete=models.CASCADE, related_name="status_changes"
    )

    class Meta(StatusChange.Meta):
        verbose_name = verbose_name_plural = "地域課題の提出の履歴"


class IssueReportSubmission(Submission):
    """The list of local issues as it was handed in."""

    report = models.ForeignKey(
        IssueReport, verbose_name="地域課題の提出", on_delete=models.CASCADE, related_name="submissions"
    )

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "地域課題の提出版"
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="issue_report_submission_number_once")
        ]
