"""Reading a progress report, with the acts that are possible on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from assessments.choices import OPEN_STATES, FormState
from assessments.models import PrefectureSupport, ProgressAttachment, ProgressReport
from assessments.services import progress as service
from assessments.services.attachments import attachments_of, current_attachments
from assessments.services.corrections import can_give_up
from assessments.services.printing import may_print
from assessments.services.sections import label_of, section_of, told_sections, words_of
from assessments.services.sent_back import sent_back
from assessments.services.versions import earlier_submissions, last_submission, shown_submission
from assessments.states import PROGRESS, SIGN_OFF_SOURCES
from assessments.views.comments import comments_context, section_links
from assessments.views.common import history_rows, report_or_404, target_of
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, allows, check

#: Moves that only the form's own organisation needs to know of.
_INTERNAL = {
    "request_sign_off",
    *(f"{move}{end}" for move in ("recall", "send_back") for end in SIGN_OFF_SOURCES.values()),
}


class ProgressDetail(PortalView):
    """A progress report as its reader may see it: the author's own row, for others the last snapshot."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show it; a reviewer's first look closes the time for withdrawing."""
        report = report_or_404(request, pk)
        check(request.actor, Action.VIEW_PROGRESS, report)
        service.mark_opened(report=report, actor=request.actor)
        mine = allows(request.actor, Action.VIEW_OWN_FORMS, report)
        shown = shown_submission(report)
        submission = last_submission(report) if mine and not report.accepted_id else shown
        talk = comments_context(request, report)
        sections = _sections(report, submission, mine=mine)
        links = section_links(talk.get("threads", []))
        sections = [one | {"comments": links.get(one["code"])} for one in sections]
        context = {
            "round": report.round,
            "report": report,
            "organisation": report.organisation,
            "target": target_of(request, report.round, report.organisation),
            "is_sample": report.round.program.is_sample,
            "submission": submission,
            "sections": sections,
            "unchanged": sum(one["unchanged"] for one in sections),
            "attachments": _attachments(report, submission, mine=mine),
            "support": _support(request, report),
            "history": _history(report, mine=mine),
            **talk,
            "before": earlier_submissions(submission),
            "sent_back": sent_back(report) if mine else None,
            "correction_reason": service.correction_reason(report) if mine and report.is_correction else "",
            "state": _state(report, mine=mine),
            **_acts(request, report, mine=mine),
        }
        return render(request, "assessments/progress_detail.html", context)


def _sections(report: ProgressReport, submission: Any, *, mine: bool) -> list[dict[str, Any]]:
    if not mine and submission is None:
        return []
    texts = words_of(report) if mine else submission.content["sections"]
    unchanged = submission.content.get("unchanged", []) if submission and not mine else []
    return [
        {
            "code": one.code,
            "label": one.label,
            "text": texts.get(one.code, ""),
            "unchanged": one.code in unchanged,
            "is_asked": section_of(report, one.code) is not None,
        }
        for one in told_sections(report, texts)
    ]


def _attachments(report: ProgressReport, submission: Any, *, mine: bool) -> list[ProgressAttachment]:
    if mine:
        return current_attachments(report)
    return attachments_of(submission) if submission else []


def _support(request: PortalRequest, report: ProgressReport) -> PrefectureSupport | None:
    rows = PrefectureSupport.objects.for_user(request.actor)
    return rows.filter(round=report.round, organisation=report.organisation).first()


def _history(report: ProgressReport, *, mine: bool) -> list[dict[str, Any]]:
    return [
        one | {"sections": [label_of(report, code) for code in one["row"].sections]}
        for one in history_rows(PROGRESS, report)
        if mine or one["action"] not in _INTERNAL
    ]


def _state(report: ProgressReport, *, mine: bool) -> str:
    """The chip; others see of a correction that it is under way, not how far it has come."""
    under_way = report.is_correction and report.state != FormState.SUBMITTED
    return FormState.CORRECTING if under_way and not mine else report.state


def _acts(request: PortalRequest, report: ProgressReport, *, mine: bool) -> dict[str, Any]:
    submitted = report.state == FormState.SUBMITTED
    waiting = report.state == FormState.WAITING
    writes = mine and allows(request.actor, Action.EDIT_PROGRESS, report)
    signs = waiting and allows(request.actor, Action.SIGN_OFF_PROGRESS, report)
    reviews = submitted and allows(request.actor, Action.REVIEW_PROGRESS, report)
    move = PROGRESS.moves["sign_off" if waiting else "accept"]
    own_work = (signs or reviews) and PROGRESS.is_own_work(report, request.actor.user, move.name)
    return {
        "mine": mine,
        "waiting": mine and waiting,
        "can_print": may_print(request.actor, report),
        "can_edit": writes and report.state in OPEN_STATES,
        "can_withdraw": writes and service.can_withdraw(report),
        "can_recall": mine and waiting and allows(request.actor, Action.RECALL_PROGRESS, report),
        "can_sign_off": signs and not own_work,
        "can_send_back": signs,
        "can_correct": writes and report.state == FormState.ACCEPTED and report.round.is_in_force,
        "can_give_up": writes and can_give_up(report),
        "can_review": reviews,
        "can_accept": reviews and not own_work,
        "own_work": PROGRESS.own_work_sentence(move) if own_work else "",
    }
