"""The form of one section of a progress report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from assessments.choices import IssueField, StepState
from assessments.forms import VersionedForm
from assessments.models import ProgressReport, SupportStep
from assessments.models.progress import SECTION_LIMIT
from assessments.models.round_parts import REASON_LIMIT
from assessments.models.sections import Section
from assessments.services.sections import text_label
from portal.ui import errors
from portal.ui.forms import TextField, dress

#: Controls that hold several values at once.
SEVERAL = ("fields",)
SKIP, SKIP_REASON, CONFIRM = "skip", "skip_reason", "confirm"


class SectionForm(VersionedForm):
    """One section: what is chosen, its text, 該当なし; complete when going on, free when saving a draft."""

    def __init__(
        self,
        *args: Any,
        section: Section,
        steps: Sequence[SupportStep] = (),
        required: bool = True,
        is_copy: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.section = section
        self.steps = list(steps) if "steps" in section.fields else []
        self.has_confirm = is_copy
        needed = required and not (section.may_skip and self.is_bound and self.data.get(SKIP))
        for name, field in self._controls():
            self.fields[name] = field
            dress(field, str(field.label))
            field.required = needed and name not in (SKIP, SKIP_REASON, CONFIRM)

    def _controls(self) -> list[tuple[str, forms.Field]]:
        section = self.section
        found: list[tuple[str, forms.Field]] = []
        if "fields" in section.fields:
            found.append(("fields", _areas()))
        found += [(step_name(step), _step(step)) for step in self.steps]
        found.append((section.text_field, _text(section)))
        if section.may_skip:
            found += [(SKIP, _skip()), (SKIP_REASON, _skip_reason())]
        if self.has_confirm:
            found.append((CONFIRM, _confirm()))
        return found

    def clean(self) -> dict[str, Any]:
        """該当なし needs its reason, in a draft too: without it nobody could tell what is meant."""
        cleaned = super().clean() or self.cleaned_data
        lonely = cleaned.get(SKIP) and not cleaned.get(SKIP_REASON, "").strip()
        self.add_error_if(
            bool(lonely) and SKIP_REASON not in self.errors, SKIP_REASON, errors.required("該当しない理由")
        )
        return cleaned

    def values(self) -> dict[str, Any]:
        """Column → what was entered."""
        found: dict[str, Any] = {}
        for name in self.section.fields:
            if name == "steps":
                told = {step.code: self.cleaned_data[step_name(step)] for step in self.steps}
                found[name] = {code: value for code, value in told.items() if value}
            else:
                found[name] = self.cleaned_data[name]
        return found

    def skipped(self) -> dict[str, str]:
        """Section → why there is nothing to tell; "" where there is."""
        if not self.section.may_skip:
            return {}
        reason = self.cleaned_data[SKIP_REASON] if self.cleaned_data[SKIP] else ""
        return {self.section.code: reason}

    def confirmed(self) -> list[str]:
        """The section, when somebody said that its copied text still holds."""
        return [self.section.code] if self.has_confirm and self.cleaned_data[CONFIRM] else []

    def chosen_fields(self) -> list[forms.BoundField]:
        """The choices above the text."""
        names = [*(name for name in SEVERAL if name in self.fields), *map(step_name, self.steps)]
        return [self[name] for name in names]

    def text(self) -> forms.BoundField:
        """The long text."""
        return self[self.section.text_field]


def step_name(step: SupportStep) -> str:
    """The name of the control for the state of a step."""
    return f"step_{step.code}"


def control_names(section: Section, steps: Sequence[SupportStep]) -> list[str]:
    """The controls of a section that hold something somebody entered."""
    names = [name for name in section.fields if name != "steps"]
    names += [step_name(step) for step in steps] if "steps" in section.fields else []
    return names + ([SKIP, SKIP_REASON] if section.may_skip else [])


def shown(report: ProgressReport, section: Section, steps: Sequence[SupportStep]) -> dict[str, Any]:
    """Control → what it shows of the report as saved."""
    found: dict[str, Any] = {}
    for name in section.fields:
        value = getattr(report, name)
        if name == "steps":
            found |= {step_name(step): value.get(step.code, "") for step in steps}
        else:
            found[name] = value
    if section.may_skip:
        reason = report.skipped.get(section.code, "")
        found |= {SKIP: "on" if reason else "", SKIP_REASON: reason}
    return found


def _areas() -> forms.Field:
    return forms.MultipleChoiceField(
        label="取組の分野",
        help_text="当てはまるものを、すべて選んでください。",
        choices=IssueField.choices,
        widget=forms.CheckboxSelectMultiple,
    )


def _step(step: SupportStep) -> forms.Field:
    states = [one for one in StepState if not (step.is_required and one is StepState.NOT_PLANNED)]
    return forms.ChoiceField(
        label=f"{step}の状態",
        help_text=step.summary,
        choices=[(one.value, one.label) for one in states],
        widget=forms.RadioSelect,
    )


def _text(section: Section) -> forms.Field:
    return TextField(
        label=text_label(section),
        help_text=f"{section.help}{SECTION_LIMIT:,}文字まで入力できます。",
        limit=SECTION_LIMIT,
        rows=8 if len(section.fields) > 1 else 12,
    )


def _skip() -> forms.Field:
    return forms.BooleanField(label="この項目は該当しない", help_text="選んだときは、理由だけを提出します。")


def _skip_reason() -> forms.Field:
    return TextField(label="該当しない理由", limit=REASON_LIMIT, rows=3)


def _confirm() -> forms.Field:
    return forms.BooleanField(
        label="前回の内容のままで、変わりがないことを確認した",
        help_text="内容を直したときは、選ぶ必要はありません。",
    )
