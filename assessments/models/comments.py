"""Comments on progress reports: about one section or the whole form, with replies, open or resolved."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.choices import CommentVisibility
from assessments.models.progress import ProgressReport
from assessments.models.rounds import standings_towards
from portal.actor import Actor
from portal.choices import Role
from portal.permissions import Standing

#: The most characters a comment takes.
COMMENT_LIMIT = 1000
#: Who talks about a form: its organisation, the prefecture in charge and the secretariat.
_TALKING = (Role.MUNICIPALITY, Role.PREFECTURE, Role.SECRETARIAT)


class FormCommentQuerySet(models.QuerySet["FormComment"]):
    """Reads of comments."""

    def for_user(self, actor: Actor | None) -> FormCommentQuerySet:
        """Shared ones of the forms one may read, and those kept within one's own organisation."""
        if actor is None or actor.role not in _TALKING:
            return self.none()
        reports = ProgressReport.objects.for_user(actor).order_by()
        readable = Q(visibility=CommentVisibility.SHARED) | Q(organisation=actor.organisation)
        return self.filter(readable, report__in=reports.values("pk"))

    def threads(self) -> FormCommentQuerySet:
        """First comments, without the answers to them."""
        return self.filter(parent__isnull=True)

    def unresolved(self) -> FormCommentQuerySet:
        """Threads that still ask for something: neither resolved nor taken back."""
        return self.threads().filter(resolved_at__isnull=True, withdrawn_at__isnull=True)


class FormComment(models.Model):
    """A comment on a progress report (コメント), or an answer to one; its text is never changed.

    An answer has the section and the readers of the comment it answers; only first comments are resolved.
    """

    report = models.ForeignKey(
        ProgressReport, verbose_name="取組状況", on_delete=models.PROTECT, related_name="comments"
    )
    #: Code of the section; empty for the whole form.
    code = models.CharField("項目", max_length=30, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name="返信先",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replies",
    )
    visibility = models.CharField("表示範囲", max_length=10, choices=CommentVisibility)
    text = models.TextField("コメント", max_length=COMMENT_LIMIT)
    organisation = models.ForeignKey(
        "portal.Organisation", verbose_name="書いた団体", on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="書いた人", on_delete=models.PROTECT, related_name="+"
    )
    membership = models.ForeignKey(
        "portal.Membership", verbose_name="書いた人の所属", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("日時")
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="解決済みにした人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    resolved_at = models.DateTimeField("解決済みにした日時", null=True, blank=True)
    withdrawn_at = models.DateTimeField("取下げ日時", null=True, blank=True)

    objects = FormCommentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "取組状況へのコメント"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility__in=CommentVisibility.values), name="comment_visibility_known"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(resolved_at__isnull=True),
                name="comment_answer_not_resolved",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="comment_resolved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.code}"

    @property
    def is_open(self) -> bool:
        """Whether it still asks for something."""
        return self.parent_id is None and self.resolved_at is None and self.withdrawn_at is None

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the report; to what another organisation keeps within itself, nothing."""
        hidden = self.visibility == CommentVisibility.INTERNAL and self.organisation_id != (
            actor.organisation.pk
        )
        if hidden:
            return frozenset()
        return standings_towards(actor, self.report.organisation, self.report.round.program_id)
