"""The result of a self-assessment, and what a reviewer does with it: confirm, reopen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from assessments.choices import AssessmentState, ChartKind
from assessments.forms import ReasonForm
from assessments.models import Assessment
from assessments.services.checklists import confirm_assessment, reopen_assessment
from assessments.services.results import Result, assessment_result
from assessments.states import ASSESSMENT
from assessments.views.common import history_rows, target_of
from portal.charts import Figure, Series, bars_figure, radar_figure, radar_finding
from portal.errors import MoveRefused
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, allows, check


def assessment_or_404(request: PortalRequest, pk: int) -> Assessment:
    """A self-assessment the actor may read."""
    rows = Assessment.objects.for_user(request.actor)
    return get_object_or_404(
        rows.select_related("round__program", "organisation__parent", "framework"), pk=pk
    )


class AssessmentDetail(PortalView):
    """Chart, table and answers of one self-assessment."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Show the result."""
        assessment = assessment_or_404(request, pk)
        check(request.actor, Action.VIEW_ASSESSMENT, assessment)
        result = assessment_result(assessment)
        levels = list(assessment.framework.levels.all())
        confirmable = allows(request.actor, Action.CONFIRM_ASSESSMENT, assessment)
        state = assessment.state
        waiting = confirmable and state == AssessmentState.SUBMITTED
        own_work = waiting and ASSESSMENT.is_own_work(assessment, request.actor.user)
        context = {
            "assessment": assessment,
            "round": assessment.round,
            "organisation": assessment.organisation,
            "target": target_of(request, assessment.round, assessment.organisation),
            "framework": assessment.framework,
            "is_sample": assessment.round.program.is_sample,
            "result": result,
            "figure": figure_of(result, maximum=max((level.level for level in levels), default=4)),
            "levels": {level.level: level.label for level in levels},
            "groups": _groups(result, {level.level: level.label for level in levels}),
            "has_distribution": any(one.distribution for one in result.principles),
            "submission": assessment.submissions.select_related("by").order_by("-number").first(),
            "history": history_rows(ASSESSMENT, assessment),
            "can_edit": state == AssessmentState.DRAFT
            and allows(request.actor, Action.EDIT_ASSESSMENT, assessment),
            "can_confirm": waiting and not own_work,
            "own_work": ASSESSMENT.own_work_sentence(ASSESSMENT.moves["confirm"]) if own_work else "",
            "can_reopen": confirmable and state != AssessmentState.DRAFT,
        }
        return render(request, "assessments/assessment_detail.html", context)


def figure_of(result: Result, *, maximum: int) -> Figure:
    """A radar of seven principles, or bars, with the round before as second series."""
    names = [one.principle.name for one in result.principles]
    series = [
        Series(f"今回（{result.assessment.round.title}）", [one.score.mean for one in result.principles])
    ]
    if result.previous:
        series.append(
            Series(f"前回（{result.previous.round.title}）", [one.before for one in result.principles])
        )
    title = f"{result.assessment.framework.name}の結果"
    uid = f"result-{result.assessment.pk}"
    if result.assessment.framework.chart == ChartKind.RADAR:
        return radar_figure(uid=uid, title=title, axes=names, series=series, maximum=maximum)
    finding = radar_finding(names, series)
    return bars_figure(
        uid=uid, title=title, finding=finding, names=names, series=series, maximum=maximum, digits=1
    )


def _groups(result: Result, labels: dict[int, str]) -> list[dict[str, Any]]:
    words = {"": "未回答", "na": "該当しない", "unknown": "分からない"}
    return [
        {
            "result": one,
            "rows": [
                {
                    "question": question,
                    "answer": words.get(given.status) or f"{given.level}　{labels.get(given.level or 0, '')}",
                    "evidence": given.evidence,
                }
                for question, given in one.answers
            ],
        }
        for one in result.principles
    ]


class AssessmentConfirm(PortalView):
    """A page that names the checklist and the effect of confirming it, and does so when asked."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Ask."""
        assessment = assessment_or_404(request, pk)
        check(request.actor, Action.CONFIRM_ASSESSMENT, assessment)
        return render(request, "assessments/assessment_confirm.html", _context(assessment))

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Confirm, and show the result with its new state."""
        assessment = assessment_or_404(request, pk)
        try:
            confirm_assessment(assessment=assessment, actor=request.actor)
        except MoveRefused as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, f"{assessment.organisation}の自己点検を確定しました。")
        return redirect("assessment_detail", pk)


class AssessmentReopen(PortalView):
    """Giving a checklist back with a reason."""

    def get(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Ask for the reason."""
        assessment = assessment_or_404(request, pk)
        check(request.actor, Action.CONFIRM_ASSESSMENT, assessment)
        return self._page(assessment, ReasonForm())

    def post(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Reopen; the draft is the author's again, so go back to the round."""
        assessment = assessment_or_404(request, pk)
        check(request.actor, Action.CONFIRM_ASSESSMENT, assessment)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self._page(assessment, form)
        try:
            reopen_assessment(assessment=assessment, actor=request.actor, **form.cleaned_data)
        except MoveRefused as error:
            form.add_error(None, error.sentence)
            return self._page(assessment, form)
        messages.success(request, f"{assessment.organisation}の自己点検を差し戻しました。")
        return redirect("round_detail", assessment.round_id)

    def _page(self, assessment: Assessment, form: ReasonForm) -> HttpResponse:
        context = _context(assessment) | {"form": form}
        return render(self.request, "assessments/assessment_reopen.html", context)


def _context(assessment: Assessment) -> dict[str, Any]:
    return {
        "assessment": assessment,
        "round": assessment.round,
        "organisation": assessment.organisation,
        "framework": assessment.framework,
        "is_sample": assessment.round.program.is_sample,
    }
