"""Comments on progress reports: written, answered, resolved, opened again, taken back; never changed."""

from __future__ import annotations

from django.db import transaction

from assessments.choices import CommentVisibility
from assessments.models import FormComment, ProgressReport
from assessments.models.comments import COMMENT_LIMIT
from assessments.services.comment_letters import tell_comment
from assessments.services.sections import section_of
from assessments.services.versions import shown_submission
from portal import clock
from portal.actor import Actor
from portal.audit import AuditCode, record
from portal.errors import MoveRefused
from portal.permissions import Action, PermissionRefused, check
from portal.ui import errors


def may_share(report: ProgressReport) -> bool:
    """Whether others than its author find anything of the form to talk about."""
    return bool(report.pk) and shown_submission(report) is not None


@transaction.atomic
def comment_on_form(
    *, report: ProgressReport, code: str, text: str, visibility: str, actor: Actor
) -> FormComment:
    """Comment on a section, or with an empty code on the whole form.

    Of a form that nobody outside may read yet, its own organisation talks among itself.
    """
    check(actor, Action.COMMENT_ON_FORM, report)
    if not may_share(report) and actor.organisation != report.organisation:
        raise MoveRefused("この取組状況は、提出されていないため、コメントを書けません。")
    if visibility == CommentVisibility.SHARED and not may_share(report):
        raise MoveRefused(
            "この取組状況は、まだ提出されていないため、共有するコメントは書けません。"
            "自分の団体の中だけのコメントにしてください。"
        )
    if code and section_of(report, code) is None:
        raise MoveRefused("この取組状況にない項目です。画面を開き直してください。")
    comment = FormComment(report=report, code=code, visibility=CommentVisibility(visibility))
    return _write(comment, text, actor)


@transaction.atomic
def answer_comment(*, comment: FormComment, text: str, actor: Actor) -> FormComment:
    """Answer a comment, before the same readers; the answer to an answer stands below its comment."""
    check(actor, Action.COMMENT_ON_FORM, comment)
    first = comment.parent or comment
    answer = FormComment(report=first.report, code=first.code, visibility=first.visibility, parent=first)
    return _write(answer, text, actor)


def _write(comment: FormComment, text: str, actor: Actor) -> FormComment:
    text = text.strip()
    if not text:
        raise MoveRefused(errors.required("コメント"))
    if len(text) > COMMENT_LIMIT:
        raise MoveRefused(errors.too_long("コメント", COMMENT_LIMIT, len(text)))
    comment.text, comment.at = text, clock.now()
    comment.organisation, comment.by, comment.membership = actor.organisation, actor.user, actor.membership
    comment.save(force_insert=True)
    _record(AuditCode.COMMENT_MADE, comment, actor, length=len(text), answer=comment.parent_id is not None)
    tell_comment(comment=comment, actor=actor)
    return comment


@transaction.atomic
def resolve_comment(*, comment: FormComment, actor: Actor) -> None:
    """Say that nothing is left to do; twice does nothing."""
    check(actor, Action.RESOLVE_COMMENT, comment)
    _refuse_answer(comment)
    rows = FormComment.objects.filter(pk=comment.pk).unresolved()
    if rows.update(resolved_at=clock.now(), resolved_by=actor.user):
        _record(AuditCode.COMMENT_RESOLVED, comment, actor)


@transaction.atomic
def reopen_comment(*, comment: FormComment, actor: Actor) -> None:
    """Say that something is left to do after all; twice does nothing."""
    check(actor, Action.RESOLVE_COMMENT, comment)
    _refuse_answer(comment)
    rows = FormComment.objects.filter(pk=comment.pk, resolved_at__isnull=False)
    if rows.update(resolved_at=None, resolved_by=None):
        _record(AuditCode.COMMENT_REOPENED, comment, actor)


def is_own(comment: FormComment, actor: Actor) -> bool:
    """Whether this person wrote it, for this organisation."""
    return comment.by_id == actor.user.pk and comment.organisation_id == actor.organisation.pk


@transaction.atomic
def withdraw_comment(*, comment: FormComment, actor: Actor) -> None:
    """Take one's own comment back: it stays with its day, and its text is shown to nobody."""
    check(actor, Action.COMMENT_ON_FORM, comment)
    if not is_own(comment, actor):
        raise PermissionRefused(
            "コメントを取り下げることができるのは、書いた本人だけです。", Action.COMMENT_ON_FORM, comment
        )
    rows = FormComment.objects.filter(pk=comment.pk, withdrawn_at__isnull=True)
    if rows.update(withdrawn_at=clock.now()):
        _record(AuditCode.COMMENT_WITHDRAWN, comment, actor)


def _refuse_answer(comment: FormComment) -> None:
    if comment.parent_id:
        raise MoveRefused("返事ではなく、はじめのコメントを解決済みにしてください。")


def _record(code: AuditCode, comment: FormComment, actor: Actor, **details: object) -> None:
    """The trail never holds what somebody writes."""
    record(
        code,
        actor=actor,
        obj=comment,
        concerns=comment.report.organisation,
        details={"section": comment.code, "visibility": str(comment.visibility), **details},
    )
