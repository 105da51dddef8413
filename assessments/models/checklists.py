"""Self-assessments and their answers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.choices import ASSESSMENT_HANDED_IN, AnswerStatus, AssessmentState
from assessments.models.frameworks import Framework, Question
from assessments.models.rounds import Round, organisations_scope, standings_towards
from portal.actor import Actor
from portal.choices import Role
from portal.models.history import StatusChange, Submission
from portal.permissions import Standing

#: The most characters the evidence of one answer takes.
EVIDENCE_LIMIT = 500


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Reads of self-assessments."""

    def for_user(self, actor: Actor | None) -> AssessmentQuerySet:
        """Own ones in every state; others in one's charge once handed in."""
        if actor is None or actor.role == Role.VENDOR:
            return self.none()  # scores of towns are not for vendors
        scope = organisations_scope(actor, program="round__program")
        if scope is None:
            return self.none()
        return self.filter(scope).filter(
            Q(organisation=actor.organisation) | Q(state__in=ASSESSMENT_HANDED_IN)
        )

    def handed_in(self) -> AssessmentQuerySet:
        """Assessments that count: submitted or confirmed."""
        return self.filter(state__in=ASSESSMENT_HANDED_IN)


class Assessment(models.Model):
    """One organisation checks itself against one framework in one round (自己点検)."""

    round = models.ForeignKey(
        Round, verbose_name="報告回", on_delete=models.PROTECT, related_name="assessments"
    )
    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="団体", on_delete=models.PROTECT, related_name="assessments"
    )
    framework = models.ForeignKey(
        Framework, verbose_name="点検票", on_delete=models.PROTECT, related_name="assessments"
    )
    state = models.CharField("状態", max_length=10, choices=AssessmentState, default=AssessmentState.DRAFT)
    version = models.PositiveIntegerField("版", default=1)
    updated_at = models.DateTimeField("更新日時")
    writers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name="入力した人", blank=True, related_name="+"
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自己点検"
        ordering = ["round", "organisation__parent_id", "organisation__name", "framework", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation", "framework"], name="assessment_once"),
            models.CheckConstraint(
                condition=Q(state__in=AssessmentState.values), name="assessment_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.framework}"

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """Author, prefecture above it or the state side."""
        return standings_towards(actor, self.organisation, self.round.program_id)


class Answer(models.Model):
    """The answer to one question: a level 0–4, or 該当しない, or 分からない (回答)."""

    assessment = models.ForeignKey(
        Assessment, verbose_name="自己点検", on_delete=models.CASCADE, related_name="answers"
    )
    question = models.ForeignKey(
        Question, verbose_name="設問", on_delete=models.PROTECT, related_name="answers"
    )
    status = models.CharField("区分", max_length=8, choices=AnswerStatus, default=AnswerStatus.SCORED)
    level = models.PositiveSmallIntegerField("段階", null=True, blank=True)
    evidence = models.TextField("根拠", blank=True, max_length=EVIDENCE_LIMIT)

    class Meta:
        verbose_name = verbose_name_plural = "回答"
        ordering = ["assessment", "question"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "question"], name="answer_once"),
            # The scale itself is data (FrameworkLevel); that a scored answer has a level must always hold.
            models.CheckConstraint(
                condition=Q(status=AnswerStatus.SCORED, level__isnull=False)
                | Q(status__in=[AnswerStatus.NOT_APPLICABLE, AnswerStatus.UNKNOWN], level__isnull=True),
                name="answer_level_only_when_scored",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question.code} {self.level if self.level is not None else self.get_status_display()}"


class AssessmentStatusChange(StatusChange):
    """History of a self-assessment."""

    assessment = models.ForeignKey(
        Assessment, verbose_name="自己点検", on_delete=models.CASCADE, related_name="status_changes"
    )

    class Meta(StatusChange.Meta):
        verbose_name = verbose_name_plural = "自己点検の履歴"


class AssessmentSubmission(Submission):
    """A self-assessment as it was handed in."""

    assessment = models.ForeignKey(
        Assessment, verbose_name="自己点検", on_delete=models.CASCADE, related_name="submissions"
    )

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "自己点検の提出版"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "number"], name="assessment_submission_number_once")
        ]
