"""The author's pages of a self-assessment: overview, one principle a page, check, done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from assessments.choices import AssessmentState
from assessments.forms import ChecklistPageForm, answer_name, answer_value, checklist_initial, evidence_name
from assessments.models import Assessment, Principle, Question
from assessments.services import checklists as service
from assessments.services.forms import start_assessment
from assessments.services.questions import asked_questions
from assessments.services.sheets.proposals import waiting_for
from assessments.services.status import asked_frameworks
from assessments.views.common import Clash, chosen, conflict, own_target_or_404, round_or_404
from portal.errors import EditConflict, MoveRefused
from portal.http import PortalRequest, PortalView
from portal.permissions import Action, check
from portal.views.drafts import DraftsMixin


class OwnAssessment(PortalView):
    """A page about a self-assessment of the actor's own organisation, made on the first save."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.round = round_or_404(request, kwargs["pk"])
        self.target = own_target_or_404(request, self.round)
        asked = asked_frameworks(self.round, self.target.organisation.kind)
        framework = next((one for one in asked if one.pk == kwargs["framework"]), None)
        if framework is None or not self.target.asks_checklists:
            raise Http404
        self.framework = framework
        key = {"round": self.round, "organisation": self.target.organisation, "framework": self.framework}
        own = Assessment.objects.for_user(request.actor).select_related("round", "organisation", "framework")
        self.assessment = own.filter(**key).first() or Assessment(**key)
        check(request.actor, Action.EDIT_ASSESSMENT, self.assessment)
        self.questions = list(asked_questions(self.framework, self.target.organisation))

    @property
    def is_open(self) -> bool:
        """Whether answers can be given; else the pages lead to what was handed in."""
        return self.assessment.state == AssessmentState.DRAFT

    def groups(self) -> list[tuple[Principle, list[Question]]]:
        """The principles with their questions, in order."""
        found: dict[int, tuple[Principle, list[Question]]] = {}
        for question in self.questions:
            found.setdefault(question.principle_id, (question.principle, []))[1].append(question)
        return list(found.values())

    def given(self) -> dict[int, service.Given]:
        """The stored answers to all questions."""
        return service.given_answers(self.assessment, [question.pk for question in self.questions])

    def context(self, **more: Any) -> dict[str, Any]:
        """What every page of the checklist shows."""
        base: dict[str, Any] = {
            "round": self.round,
            "framework": self.framework,
            "assessment": self.assessment,
        }
        base["is_sample"] = self.round.program.is_sample
        return base | {"organisation": self.target.organisation, "target": self.target} | more

    def address(self, name: str, *more: Any) -> str:
        """The address of another page of this checklist."""
        return reverse(name, args=[self.round.pk, self.framework.pk, *more])


class AssessmentEdit(OwnAssessment):
    """The overview: each principle with n of m answered, and the way to handing in."""

    def get(self, request: PortalRequest, pk: int, framework: int) -> HttpResponse:
        """Show it, or the result of what was handed in."""
        if not self.is_open:
            return redirect("assessment_detail", self.assessment.pk)
        given = self.given()
        tasks: list[dict[str, Any]] = []
        for principle, questions in self.groups():
            done = sum(bool(given[question.pk].status) for question in questions)
            chip = "accepted" if done == len(questions) else "draft" if done else "todo"
            tasks.append(
                {
                    "principle": principle,
                    "url": self.address("assessment_principle", principle.position),
                    "done": done,
                    "total": len(questions),
                    "chip": chip,
                    "word": {"accepted": "回答済み", "draft": "回答中", "todo": "未回答"}[chip],
                }
            )
        answered = sum(task["done"] for task in tasks)
        context = self.context(tasks=tasks, answered=answered, total=len(self.questions))
        context |= {"reopened_reason": self._reopened_reason(), "proposal": waiting_for(self.target)}
        return render(request, "assessments/assessment_edit.html", context)

    def _reopened_reason(self) -> str:
        if not self.assessment.pk:
            return ""
        row = self.assessment.status_changes.filter(action="reopen").order_by("-at", "-id").first()
        return row.reason if row else ""


class AssessmentPrinciple(DraftsMixin, OwnAssessment):
    """The questions of one principle."""

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        groups = self.groups()
        numbers = [principle.position for principle, _questions in groups]
        if kwargs["position"] not in numbers:
            raise Http404
        self.index = numbers.index(kwargs["position"])
        self.principle, self.asked = groups[self.index]
        self.later = numbers[self.index + 1 :]
        self.total = len(groups)

    def get(self, request: PortalRequest, pk: int, framework: int, position: int) -> HttpResponse:
        """Show the questions."""
        if not self.is_open:
            return redirect("assessment_detail", self.assessment.pk)
        return self._page(self._form(initial=self.draft_saved() | self.typed()))

    def post(self, request: PortalRequest, pk: int, framework: int, position: int) -> HttpResponse:
        """Save the page, and go on or stay."""
        form = self._form(chosen(request, self._saved_values()))
        if not form.is_valid():
            return self._page(form)
        try:
            service.save_answers(
                assessment=start_assessment(
                    target=self.target, framework=self.framework, actor=request.actor
                ),
                answers=form.answers(),
                version=form.cleaned_data["version"],
                seen=form.cleaned_data["seen"],
                actor=request.actor,
            )
        except EditConflict:
            return self._conflict(form)
        except MoveRefused as error:
            form.add_error(None, error.sentence)
            return self._page(form)
        self.drop_draft()
        messages.success(request, f"「{self.principle.name}」の回答を保存しました。")
        if request.POST.get("act", "next") != "next":
            return redirect(request.path)
        if self.later:
            return redirect(self.address("assessment_principle", self.later[0]))
        return redirect(self.address("assessment_check"))

    def _form(self, data: Any = None, initial: dict[str, Any] | None = None) -> ChecklistPageForm:
        return ChecklistPageForm(
            data,
            initial=initial,
            questions=self.asked,
            levels=list(self.framework.levels.all()),
            evidence_level=self.framework.evidence_level,
        )

    def _stored(self) -> dict[int, service.Given]:
        return service.given_answers(self.assessment, [question.pk for question in self.asked])

    def _shown(self) -> dict[str, Any]:
        stored = self._stored()
        marks = {"version": self.assessment.version, "seen": service.answers_digest(stored)}
        return checklist_initial(stored) | marks

    def _saved_values(self) -> dict[str, dict[str, str]]:
        return {
            str(pk): {answer_name(pk): answer_value(one), evidence_name(pk): one.evidence}
            for pk, one in self._stored().items()
        }

    def draft_form(self) -> str:
        """One principle of one checklist."""
        organisation = self.target.organisation.pk
        return f"checklist:{self.round.pk}:{self.framework.pk}:{organisation}:{self.principle.position}"

    def draft_title(self) -> str:
        """Round, checklist and principle."""
        return f"{self.round.title}　{self.framework.name}　{self.principle.name}"[:200]

    def draft_names(self) -> list[str]:
        """Answer and evidence of each question."""
        return [name(one.pk) for one in self.asked for name in (answer_name, evidence_name)]

    def draft_saved(self) -> dict[str, Any]:
        """The stored answers, with the marks of their version."""
        return self._shown()

    def _page(self, form: ChecklistPageForm) -> HttpResponse:
        context = self.context(form=form, principle=self.principle, number=self.index + 1, total=self.total)
        context |= self.draft_context()
        return render(self.request, "assessments/assessment_principle.html", context)

    def _conflict(self, form: ChecklistPageForm) -> HttpResponse:
        rows = Assessment.objects.for_user(self.request.actor).select_related(
            "round", "organisation", "framework"
        )
        self.assessment = get_object_or_404(
            rows, round=self.round, organisation=self.target.organisation, framework=self.framework
        )
        stored = self._stored()
        labels = {str(level.level): level.label for level in self.framework.levels.all()}
        clashes, hidden = [], dict(self._shown())
        for question, mine in zip(self.asked, form.answers(), strict=True):
            typed = list(checklist_initial({question.pk: mine}).items())
            if mine == stored[question.pk]:
                hidden.update(typed)
                continue
            for name, _value in typed:
                hidden.pop(name)
            clashes.append(
                Clash(
                    key=str(question.pk),
                    label=question.text,
                    mine=in_words(mine, labels),
                    saved=in_words(stored[question.pk], labels),
                    typed=typed,
                    editable=False,
                )
            )
        hidden["act"] = self.request.POST.get("act", "next")
        context = self.context(sentence=service.SAVED_ELSEWHERE, back_url=self.address("assessment_edit"))
        title = f"「{self.principle.name}」の保存内容の確認"
        return conflict(self.request, title=title, clashes=clashes, hidden=hidden, context=context)


def in_words(given: service.Given, labels: dict[str, str]) -> str:
    """An answer as a person reads it."""
    value = answer_value(given)
    words = {"": "未回答", "na": "該当しない", "unknown": "分からない"}
    answer = words.get(value) or f"{value}　{labels.get(value, '')}"
    return f"{answer}\n根拠：{given.evidence}" if given.evidence else answer
