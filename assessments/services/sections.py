"""What stands in the sections of a progress report: its values, in words, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessments.choices import IssueField, StepState
from assessments.models import ProgressReport, ProgressSubmission, SupportStep
from assessments.models.sections import ALL, Section
from portal.ui import errors

#: What a section shows in place of a text when its organisation has nothing to tell there.
SKIPPED = "該当なし"


def label_of(report: ProgressReport, code: str) -> str:
    """The Japanese name of a section of this report, or of a form as it used to be."""
    return next((one.label for one in report.sections if one.code == code), ALL[code].label)


def section_of(report: ProgressReport, code: str) -> Section | None:
    """The section of this report's form with that code; None when its form does not have it."""
    return next((one for one in report.sections if one.code == code), None)


def told_sections(report: ProgressReport, words: Mapping[str, str]) -> list[Section]:
    """The sections of this report's form, then those it used to have in which something was told."""
    asked = {one.code for one in report.sections}
    used_to = [one for code, one in ALL.items() if code not in asked and words.get(code)]
    return [*report.sections, *used_to]


def values_of(report: ProgressReport, section: Section) -> dict[str, Any]:
    """Column → what stands in it."""
    return {name: getattr(report, name) for name in section.fields}


def all_values(report: ProgressReport) -> dict[str, Any]:
    """Column → what stands in it, of the whole form."""
    return {name: value for one in report.sections for name, value in values_of(report, one).items()}


def in_words(name: str, value: Any) -> str:
    """One column as a reader sees it; nothing is an empty text."""
    if not value:
        return ""
    if name == "fields":
        return "、".join(label for code, label in IssueField.choices if code in value)
    if name == "steps":
        value = value or {}
        return "\n".join(
            f"{step}：{StepState(value[step.code]).label}"
            for step in SupportStep.objects.all()
            if value.get(step.code) in StepState.values
        )
    return str(value)


_LEADS = {"fields": "分野：", "target_state": "目指す姿："}


def section_words(section: Section, values: Mapping[str, Any], skipped: str = "") -> str:
    """A section as a reader sees it: its text, under what was chosen; or why there is nothing."""
    if skipped:
        return f"{SKIPPED}（理由：{skipped}）"
    parts = [(name, in_words(name, values.get(name))) for name in section.fields]
    several = sum(bool(text) for _name, text in parts) > 1
    return "\n".join(f"{_LEADS.get(name, '') if several else ''}{text}" for name, text in parts if text)


def words_of(report: ProgressReport) -> dict[str, str]:
    """Section → its words, of the form as it stands."""
    return {
        one.code: section_words(one, values_of(report, one), report.skipped.get(one.code, ""))
        for one in report.sections
    }


def kept_values(submission: ProgressSubmission | None) -> dict[str, Any]:
    """Column → what stood in it when the form was handed in."""
    if submission is None:
        return {}
    return dict(submission.content.get("values") or submission.content["sections"])


def is_begun(section: Section, values: Mapping[str, Any]) -> bool:
    """Whether anything stands in it."""
    return any(_filled(values.get(name)) for name in section.fields)


def is_copy(report: ProgressReport, code: str) -> bool:
    """Whether it holds the text of the round before, which nobody has looked through yet."""
    return report.carried.get(code) is False


def lacks(report: ProgressReport) -> dict[str, str]:
    """Section → what to do before the form can be handed in; empty when it can be."""
    steps = list(SupportStep.objects.all())
    found = {
        one.code: sentence
        for one in report.sections
        if one.code not in report.skipped and (sentence := _lack(report, one, steps))
    }
    for one in report.sections:
        if one.code not in found and one.code not in report.skipped and is_copy(report, one.code):
            found[one.code] = (
                f"「{one.label}」は、前回の内容をコピーしたままです。"
                "直すか、変わりがないことを確認して保存してください。"
            )
    return found


def _lack(report: ProgressReport, section: Section, steps: list[SupportStep]) -> str:
    values = values_of(report, section)
    if "steps" in values:
        open_ = [step for step in steps if values["steps"].get(step.code) not in StepState.values]
        if open_:
            return errors.choose(f"{open_[0].code}の状態")
    if "fields" in values and not values["fields"]:
        return errors.choose("取組の分野")
    if not _filled(values[section.text_field]):
        return errors.required(_TEXT_LABELS.get(section.text_field, section.label))
    return ""


#: The texts of sections that hold more than a text.
_TEXT_LABELS = {"overview": "取組の概要", "target_state": "目指す姿"}


def text_label(section: Section) -> str:
    """What the text of a section is called."""
    return _TEXT_LABELS.get(section.text_field, section.label)


def _filled(value: Any) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)
