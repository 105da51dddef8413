"""One section of a progress report a page: what is known, what was said before, and what is said now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assessments.choices import FormState
from assessments.models import ProgressReport
from assessments.models.sections import Section
from assessments.section_forms import SEVERAL, SKIP, SKIP_REASON, SectionForm, control_names, shown
from assessments.services.comment_threads import threads
from assessments.services.forms import start_progress
from assessments.services.issue_scales import steps
from assessments.services.known import known_facts
from assessments.services.previous import previous_submission
from assessments.services.progress_saving import carry_over, open_sections, save_progress, seen_digest
from assessments.services.sections import (
    SKIPPED,
    in_words,
    is_begun,
    is_copy,
    kept_values,
    section_of,
    section_words,
    text_label,
    values_of,
)
from assessments.views.common import Clash, chosen, conflict
from assessments.views.progress import OwnProgress
from portal.errors import EditConflict, MoveRefused
from portal.http import PortalRequest
from portal.views.drafts import DraftsMixin

_COLUMN_LABELS = {"fields": "取組の分野", "steps": "STEPごとの状態"}


class ProgressSection(DraftsMixin, OwnProgress):
    """One section a page: what is known and was said before stands beside what is entered."""

    section: Section

    def setup(self, request: PortalRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = section_of(self.report, kwargs["section"])
        if found is None:
            raise Http404
        self.section = found
        self.steps = steps() if "steps" in found.fields else []

    def get(self, request: PortalRequest, pk: int, section: str) -> HttpResponse:
        """Show the section."""
        if section not in open_sections(self.report):
            return redirect("progress_edit", pk)
        return self._page(self._form(initial=self.draft_saved() | self.typed()))

    def post(self, request: PortalRequest, pk: int, section: str) -> HttpResponse:
        """Save, and go on or stay; or copy what was said in the round before."""
        act = request.POST.get("act", "next")
        saved = self.draft_saved()
        groups = {name: {name: saved[name]} for name in self.section.fields if name in saved}
        groups["steps"] = {name: saved[name] for name in saved if name.startswith("step_")}
        groups[SKIP] = {name: saved[name] for name in (SKIP, SKIP_REASON) if name in saved}
        form = self._form(chosen(request, groups), required=act == "next")
        if act == "carry":
            return self._carry(form)
        if not form.is_valid():
            return self._page(form)
        try:
            self._save(form)
        except EditConflict as error:
            return self._conflict(error, form)
        except MoveRefused as error:
            form.add_error(None, error.sentence)
            return self._page(form)
        self.drop_draft()
        messages.success(request, f"「{self.section.label}」の下書きを保存しました。")
        return redirect(self._next() if act == "next" else request.path)

    def _form(self, data: Any = None, **more: Any) -> SectionForm:
        copy = is_copy(self.report, self.section.code)
        return SectionForm(data, section=self.section, steps=self.steps, is_copy=copy, **more)

    def _save(self, form: SectionForm) -> None:
        report = start_progress(target=self.target, actor=self.request.actor)
        save_progress(
            report=report,
            values=form.values(),
            skipped=form.skipped(),
            confirmed=form.confirmed(),
            version=form.cleaned_data["version"],
            seen=form.cleaned_data["seen"],
            actor=self.request.actor,
        )

    def _carry(self, form: SectionForm) -> HttpResponse:
        """Copy the text of the round before, unless somebody has begun to write here."""
        form.is_valid()
        if is_begun(self.section, {name: form.data.get(name, "") for name in self.section.fields}):
            form.errors.clear()
            form.add_error(
                None,
                "入力中の内容があるため、コピーしませんでした。コピーするときは、入力した内容を消してください。",
            )
            return self._page(form)
        try:
            report = start_progress(target=self.target, actor=self.request.actor)
            carry_over(report=report, sections=[self.section.code], actor=self.request.actor)
        except MoveRefused as error:
            messages.error(self.request, error.sentence)
        else:
            self.drop_draft()
            messages.success(
                self.request, "前回の内容をコピーしました。直すか、変わりがないことを確認してください。"
            )
        return redirect(self.request.path)

    def draft_form(self) -> str:
        """One section of one report."""
        return f"{self.draft_prefix}{self.section.code}"

    def draft_title(self) -> str:
        """Round and section."""
        return f"{self.round.title}　取組状況　{self.section.label}"

    def draft_names(self) -> list[str]:
        """The section's controls."""
        return control_names(self.section, self.steps)

    def draft_lists(self) -> tuple[str, ...]:
        """The fields of the activities, of which several can be chosen."""
        return SEVERAL

    def draft_saved(self) -> dict[str, Any]:
        """The section as saved, with the marks of its version."""
        return self._shown(self.report)

    def _shown(self, report: ProgressReport) -> dict[str, Any]:
        seen = seen_digest(report, self.section.fields, [self.section.code])
        return shown(report, self.section, self.steps) | {"version": report.version, "seen": seen}

    def _next(self) -> str:
        """The next section that may be written, else the check page."""
        codes = [one.code for one in self.report.sections]
        later = codes[codes.index(self.section.code) + 1 :]
        following = [code for code in later if code in open_sections(self.report)]
        if self.report.state == FormState.DRAFT and following:
            return reverse("progress_section", args=[self.round.pk, following[0]])
        return reverse("progress_check", args=[self.round.pk])

    def _page(self, form: SectionForm) -> HttpResponse:
        before = previous_submission(round_=self.round, organisation=self.target.organisation)
        kept = kept_values(before)
        previous = {name: in_words(name, kept.get(name)) for name in self.section.fields}
        begun = is_begun(self.section, values_of(self.report, self.section))
        context = self.context(
            form=form,
            section=self.section,
            page_title=self.section.label,
            number=[one.code for one in self.report.sections].index(self.section.code) + 1,
            total=len(self.report.sections),
            known=[one for one in self.known() if self.section.code in one.sections],
            previous=previous,
            previous_text=previous[self.section.text_field],
            previous_label=f"前回（{before.report.round.title}）の記入内容を見る" if before else "",
            can_carry=is_begun(self.section, kept) and not begun,
            is_copy=is_copy(self.report, self.section.code),
            **self.draft_context(),
        )
        found = threads(report=self.report, actor=self.request.actor)
        context["section_threads"] = [
            one for one in found if one.is_open and one.comment.code == self.section.code
        ]
        context["saved_texts"] = [section_words(self.section, values_of(self.report, self.section))]
        return render(self.request, "assessments/progress_section.html", context)

    def known(self) -> list:
        """What the portal knows of the organisation already."""
        return known_facts(round_=self.round, organisation=self.target.organisation)

    def _conflict(self, error: EditConflict, form: SectionForm) -> HttpResponse:
        current: Any = error.current
        clashes: list[Clash] = []
        hidden: dict[str, Any] = {}
        for clash in self._sides(form, current):
            if clash.mine == clash.saved:
                for name, value in clash.typed:
                    hidden.setdefault(name, []).append(value)
            else:
                clashes.append(clash)
        fresh = self._shown(current)
        hidden |= {"version": fresh["version"], "seen": fresh["seen"]}
        hidden["act"] = self.request.POST.get("act", "next")
        back = reverse("progress_edit", args=[self.round.pk])
        context = self.context(sentence=error.sentence, back_url=back)
        title = f"{self.section.label}の保存内容の確認"
        return conflict(self.request, title=title, clashes=clashes, hidden=hidden, context=context)

    def _sides(self, form: SectionForm, current: ProgressReport) -> list[Clash]:
        """Each column of the section, as typed here and as saved by somebody else."""
        mine = form.values()
        found = [
            Clash(
                key=name,
                label=_COLUMN_LABELS.get(name, text_label(self.section)),
                mine=in_words(name, mine[name]),
                saved=in_words(name, getattr(current, name)),
                typed=_controls(name, mine[name]),
                editable=name not in _COLUMN_LABELS,
            )
            for name in self.section.fields
        ]
        if self.section.may_skip:
            reason = form.skipped()[self.section.code]
            typed = [(SKIP, "on"), (SKIP_REASON, reason)] if reason else [(SKIP_REASON, "")]
            saved = current.skipped.get(self.section.code, "")
            found.append(Clash(SKIP, SKIPPED, reason, saved, typed, editable=False))
        return found


def _controls(name: str, value: Any) -> list[tuple[str, str]]:
    """The controls that carry what was entered into a column."""
    if name == "steps":
        return [(f"step_{code}", state) for code, state in value.items()]
    return [(name, code) for code in value] if isinstance(value, list) else [(name, value)]
