"""The last page of a checklist: what is missing, all answers, handing in, the receipt."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from assessments.forms import answer_name
from assessments.services import checklists as service
from assessments.views.checklists import OwnAssessment, in_words
from portal.errors import MoveRefused
from portal.http import PortalRequest


class AssessmentCheck(OwnAssessment):
    """What is still missing, all answers, and handing in."""

    def get(self, request: PortalRequest, pk: int, framework: int) -> HttpResponse:
        """Show all answers."""
        if not self.is_open:
            return redirect("assessment_detail", self.assessment.pk)
        return self._page([])

    def post(self, request: PortalRequest, pk: int, framework: int) -> HttpResponse:
        """Hand in; say what is missing. What is not begun cannot be handed in, and is not begun by trying."""
        if not self.assessment.pk:
            return self._page(_problems(service.gaps(self.assessment)))
        try:
            service.submit_assessment(assessment=self.assessment, actor=request.actor)
        except MoveRefused as error:
            if not self.is_open:
                messages.error(request, error.sentence)
                return redirect("assessment_detail", self.assessment.pk)
            problems = _problems(service.gaps(self.assessment))
            return self._page(problems or [{"sentence": error.sentence, "target": ""}])
        return redirect(self.address("assessment_done"))

    def _page(self, problems: list[dict[str, str]]) -> HttpResponse:
        given = self.given()
        labels = {str(level.level): level.label for level in self.framework.levels.all()}
        level = self.framework.evidence_level
        groups = [
            {
                "principle": principle,
                "url": self.address("assessment_principle", principle.position),
                "rows": [
                    {
                        "question": question,
                        "answer": in_words(given[question.pk], labels),
                        "missing": not given[question.pk].status,
                        "no_evidence": service.needs_evidence(given[question.pk], level),
                        "anchor": f"#id_{answer_name(question.pk)}_0",
                    }
                    for question in questions
                ],
            }
            for principle, questions in self.groups()
        ]
        context = self.context(
            groups=groups,
            problems=problems,
            has_errors=bool(problems),
            problem_title=f"提出の前に、直すところが{len(problems)}件あります",
        )
        return render(self.request, "assessments/assessment_check.html", context)


def _problems(gaps: list[service.Gap]) -> list[dict[str, str]]:
    """One sentence per principle and kind of gap, leading to the principle's answers."""
    counted: dict[tuple[int, str, bool], int] = {}
    for gap in gaps:
        key = (gap.question.principle_id, gap.question.principle.name, gap.needs_evidence)
        counted[key] = counted.get(key, 0) + 1
    return [
        {
            "sentence": f"「{name}」の{number}問に{'根拠を入力' if evidence else '回答'}してください。",
            "target": f"group-{principle}",
        }
        for (principle, name, evidence), number in counted.items()
    ]


class AssessmentDone(OwnAssessment):
    """The receipt, and what happens next."""

    def get(self, request: PortalRequest, pk: int, framework: int) -> HttpResponse:
        """Show the receipt of the last submission."""
        if self.is_open:
            return redirect(self.address("assessment_edit"))
        last = self.assessment.submissions.order_by("-number").first()
        return render(request, "assessments/assessment_done.html", self.context(submission=last))
