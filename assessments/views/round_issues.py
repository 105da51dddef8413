"""The author's pages of handing local issues in for a round: the list with what it lacks, and the receipt."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assessments.choices import AssessmentState
from assessments.issue_forms import HandInForm
from assessments.models import IssueReport, LocalIssue
from assessments.services import issue_reports as service
from assessments.services.issue_chart import issue_chart
from assessments.services.issue_scales import scale_in_use
from assessments.views.common import own_target_or_404, round_or_404
from assessments.views.issue_common import NeedsScale
from portal.errors import EditConflict, MoveRefused
from portal.http import PortalRequest
from portal.models import Organisation
from portal.permissions import Action, check


def report_readers(organisation: Organisation) -> str:
    """Who else reads what this organisation hands in."""
    return f"{organisation.parent.name}と事務局" if organisation.parent else "事務局"


class OwnIssueReport(NeedsScale):
    """A page about the issues that the actor's own organisation is asked for in a round."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.round = round_or_404(request, kwargs["pk"])
        self.target = own_target_or_404(request, self.round)
        if not self.target.asks_issues:
            raise Http404
        key: dict[str, Any] = {"round": self.round, "organisation": self.target.organisation}
        own = IssueReport.objects.for_user(request.actor).select_related("round", "organisation__parent")
        self.report = own.filter(**key).first() or IssueReport(**key)
        check(request.actor, Action.SUBMIT_ISSUE_REPORT, self.report)

    @property
    def is_open(self) -> bool:
        """Whether the list can be handed in; else the pages lead to what was."""
        return self.report.state == AssessmentState.DRAFT

    def context(self, **more: Any) -> dict[str, Any]:
        """What every page shows."""
        organisation = self.target.organisation
        base: dict[str, Any] = {"round": self.round, "organisation": organisation, "target": self.target}
        base |= {"report": self.report, "readers": report_readers(organisation)}
        return base | {"is_sample": self.round.program.is_sample} | more


class RoundIssues(OwnIssueReport):
    """The list as it would be handed in, what is missing, and handing it in on the same page."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show it, or what was handed in."""
        if not self.is_open:
            return redirect("issue_report", self.report.pk)
        issues = service.list_of(self.target.organisation)
        return self._page(issues, self._form(issues))

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Hand in; say what is missing. What is not begun is not begun by trying."""
        issues = service.list_of(self.target.organisation)
        if not self.is_open:
            return self._submit(issues, None, request.POST.get("seen", ""))
        form = self._form(issues, request.POST)
        problems = _problems(issues)
        if problems or not form.is_valid():
            return self._page(issues, form, problems)
        return self._submit(issues, form, form.cleaned_data["seen"])

    def _submit(self, issues: list[LocalIssue], form: HandInForm | None, seen: str) -> HttpResponse:
        actor = self.request.actor
        try:
            report = service.start_issue_report(target=self.target, actor=actor)
            service.submit_issue_report(report=report, seen=seen, actor=actor)
        except EditConflict as error:
            again = self._form(issues)
            return self._page(issues, again, conflict=error.sentence, status=409)
        except MoveRefused as error:
            if form is None:
                messages.error(self.request, error.sentence)
                return redirect("issue_report", self.report.pk)
            return self._page(issues, form, [{"sentence": error.sentence, "target": ""}])
        return redirect("round_issues_done", self.round.pk)

    def _form(self, issues: list[LocalIssue], data: Any = None) -> HandInForm:
        return HandInForm(
            data,
            initial={"seen": service.list_seen(issues)},
            unshared=sum(not issue.shared for issue in issues),
            readers=report_readers(self.target.organisation),
        )

    def _page(
        self,
        issues: list[LocalIssue],
        form: HandInForm,
        problems: list[dict[str, str]] | None = None,
        *,
        conflict: str = "",
        status: int = 200,
    ) -> HttpResponse:
        lacking = {gap.issue.pk: gap.missing for gap in service.gaps(issues)}
        context = self.context(
            rows=[{"issue": issue, "missing": lacking.get(issue.pk, ())} for issue in issues],
            lacking=len(lacking),
            unshared=sum(not issue.shared for issue in issues),
            chart=issue_chart(
                [(issue.position or 0, issue) for issue in issues],
                scale_in_use(),
                title=f"{self.target.organisation.name}の地域課題",
            ),
            form=form,
            problems=problems or [],
            problem_title=f"提出の前に、直すところが{len(problems or [])}件あります",
            conflict=conflict,
            has_errors=bool(problems or conflict or form.errors),
            returned=self._returned(),
            back_query=f"?round={self.round.pk}",
            not_applicable_url=reverse("not_applicable", args=[self.round.pk, "issues"]),
        )
        return render(self.request, "assessments/round_issues.html", context, status=status)

    def _returned(self) -> str:
        """Why it was given back the last time."""
        if not self.report.pk:
            return ""
        row = self.report.status_changes.filter(action="reopen").order_by("-at", "-id").first()
        return row.reason if row else ""


def _problems(issues: list[LocalIssue]) -> list[dict[str, str]]:
    """One sentence per issue that lacks something, leading to its row; or that there is none."""
    if not issues:
        return [{"sentence": service.EMPTY, "target": "nothing"}]
    return [
        {
            "sentence": f"「{gap.issue.title}」の{'、'.join(gap.missing)}を入力してください。",
            "target": f"issue-{gap.issue.pk}",
        }
        for gap in service.gaps(issues)
    ]


class RoundIssuesDone(OwnIssueReport):
    """The receipt, and what happens next."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show the receipt of the last submission."""
        if self.is_open:
            return redirect("round_issues", pk)
        last = self.report.submissions.select_related("by").order_by("-number").first()
        return render(request, "assessments/round_issues_done.html", self.context(submission=last))
