"""Local issues as they were handed in: reading the snapshot, confirming it, giving it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from assessments.choices import AssessmentState
from assessments.forms import ReasonForm
from assessments.models import IssueReport, IssueReportSubmission
from assessments.services.issue_chart import IssueChart, issue_chart
from assessments.services.issue_reports import confirm_issue_report, reopen_issue_report
from assessments.services.issue_snapshots import SnapshotIssue, differences, issues_in, scale_of
from assessments.services.previous import previous_issues
from assessments.states import ISSUE_REPORT
from assessments.views.common import history_rows, target_of
from assessments.views.issue_common import CONTROLLABLE, START_NOW
from portal import exports
from portal.errors import MoveRefused
from portal.exports import Download
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, Standing, allows, check

HEADER = [
    "順位",
    "地域課題",
    "説明",
    "分野",
    "裨益性",
    "難易度",
    "緊急性",
    "評価の目安の版",
    "自団体で対応できるか",
    "すぐに着手できるか",
    "担当課",
    "STEP",
    "状態",
]


def issue_report_or_404(request: PortalRequest, pk: int, action: Action) -> IssueReport:
    """A list the actor may read (else 404), and the act allowed on it (else 403)."""
    rows = IssueReport.objects.for_user(request.actor)
    report = get_object_or_404(rows.select_related("round__program", "organisation__parent"), pk=pk)
    check(request.actor, action, report)
    return report


class IssueReportDetail(PortalView):
    """The list as it was handed in, with its chart, and what is different since the round before."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponseBase:
        """Show it, or hand it out as a file."""
        report = issue_report_or_404(request, pk, Action.VIEW_ISSUE_REPORT)
        submission = report.submissions.select_related("by").order_by("-number").first()
        issues = issues_in(submission) if submission else []
        if exports.wanted(request):
            return exports.respond(request, _download(report, issues))
        before = previous_issues(report) if submission else None
        context = {
            **_context(report),
            "target": target_of(request, report.round, report.organisation),
            "submission": submission,
            "rows": [_row(issue) for issue in issues],
            "chart": _chart(report, issues),
            "before": before,
            "differences": differences(issues_in(before), issues) if before else [],
            "export_links": exports.links(request) if issues else [],
            "mine": Standing.AUTHOR in report.roles_of(request.actor),
            "unshared": submission.content["unshared"] if submission else 0,
            "history": history_rows(ISSUE_REPORT, report),
            **_acts(request, report, submission),
        }
        return render(request, "assessments/issue_report.html", context)


def _acts(
    request: PortalRequest, report: IssueReport, submission: IssueReportSubmission | None
) -> dict[str, Any]:
    """What the reader may do with it now."""
    open_ = report.state == AssessmentState.DRAFT
    reviews = allows(request.actor, Action.CONFIRM_ISSUE_REPORT, report)
    waiting = reviews and report.state == AssessmentState.SUBMITTED
    own_work = waiting and ISSUE_REPORT.is_own_work(report, request.actor.user)
    return {
        "is_open": open_,
        "given_back": open_ and submission is not None,
        "can_edit": open_ and allows(request.actor, Action.SUBMIT_ISSUE_REPORT, report),
        "can_confirm": waiting and not own_work,
        "own_work": ISSUE_REPORT.own_work_sentence(ISSUE_REPORT.moves["confirm"]) if own_work else "",
        "can_reopen": reviews and not open_,
    }


def _chart(report: IssueReport, issues: list[SnapshotIssue]) -> IssueChart[SnapshotIssue] | None:
    scale = scale_of(issues)
    if scale is None:
        return None
    title = f"{report.organisation.name}の地域課題（{report.round.title}）"
    return issue_chart([(issue.rank, issue) for issue in issues], scale, title=title)


def _row(issue: SnapshotIssue) -> dict[str, Any]:
    return {
        "issue": issue,
        "controllable": CONTROLLABLE[issue.controllable],
        "start_now": START_NOW[issue.start_now],
    }


def _download(report: IssueReport, issues: list[SnapshotIssue]) -> Download:
    title = f"{report.organisation.name}の地域課題（{report.round.title}）"
    return Download(title, HEADER, [_cells(issue) for issue in issues], concerns=report.organisation)


def _cells(issue: SnapshotIssue) -> list[Any]:
    return [
        issue.rank,
        issue.title,
        issue.description,
        issue.field_label,
        issue.benefit,
        issue.difficulty,
        issue.urgency,
        issue.scale,
        CONTROLLABLE[issue.controllable],
        START_NOW[issue.start_now],
        issue.department,
        issue.step,
        issue.state_label,
    ]


class IssueReportConfirm(PortalView):
    """A page that names the list and the effect of confirming it, and does so when asked."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Ask."""
        report = issue_report_or_404(request, pk, Action.CONFIRM_ISSUE_REPORT)
        return render(request, "assessments/issue_report_confirm.html", _context(report))

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Confirm, and show the list with its new state."""
        report = issue_report_or_404(request, pk, Action.CONFIRM_ISSUE_REPORT)
        try:
            confirm_issue_report(report=report, actor=request.actor)
        except MoveRefused as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, f"{report.organisation}の地域課題を確定しました。")
        return redirect("issue_report", pk)


class IssueReportReopen(PortalView):
    """Giving a list back with a reason."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Ask for the reason."""
        return self._page(issue_report_or_404(request, pk, Action.CONFIRM_ISSUE_REPORT), ReasonForm())

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Give it back; it is the author's again, so go back to the round."""
        report = issue_report_or_404(request, pk, Action.CONFIRM_ISSUE_REPORT)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self._page(report, form)
        try:
            reopen_issue_report(report=report, actor=request.actor, **form.cleaned_data)
        except MoveRefused as error:
            form.add_error(None, error.sentence)
            return self._page(report, form)
        messages.success(request, f"{report.organisation}の地域課題を差し戻しました。")
        return redirect("round_detail", report.round_id)

    def _page(self, report: IssueReport, form: ReasonForm) -> HttpResponse:
        return render(self.request, "assessments/issue_report_reopen.html", _context(report) | {"form": form})


def _context(report: IssueReport) -> dict[str, Any]:
    return {
        "report": report,
        "round": report.round,
        "organisation": report.organisation,
        "is_sample": report.round.program.is_sample,
    }
