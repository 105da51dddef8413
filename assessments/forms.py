"""Forms of rounds, progress reports and checklists: cleaning and wording, no saving."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from assessments.choices import AnswerStatus
from assessments.models import FrameworkLevel, Question
from assessments.models.checklists import EVIDENCE_LIMIT
from assessments.models.progress import SECTION_LIMIT
from assessments.models.sections import Section
from assessments.services.checklists import Given
from assessments.services.letters import Recipient
from assessments.services.reminders import NOTE_LIMIT, Candidate
from portal.files import ACCEPTED, ACCEPTED_LABEL, MAX_FILES
from portal.ui import errors
from portal.ui.dates import jdate, jdatetime
from portal.ui.forms import CharField, PortalFilterForm, PortalForm, TextField, dress
from portal.ui.widgets import FileInput

REASON_LIMIT = 1000


class VersionedForm(PortalForm):
    """A form that carries which version of the row, and which contents, its page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class AttachForm(PortalForm):
    """One file to hang on a form; what is wrong with it is said by whoever takes it, naming the file."""

    file = forms.FileField(
        label="添付するファイル",
        help_text=f"{ACCEPTED_LABEL}を選んでください。1件20MBまで、{MAX_FILES}件まで添付できます。",
        allow_empty_file=True,
        widget=FileInput(attrs={"accept": ",".join(ACCEPTED)}),
    )


class SupportForm(VersionedForm):
    """The prefecture's text about one town."""

    text = TextField(
        label="県による支援の状況",
        help_text=f"この市町村に対して県が行った支援を入力してください。{SECTION_LIMIT:,}文字まで入力できます。",
        limit=SECTION_LIMIT,
        rows=12,
        required=False,
    )


class ReasonForm(PortalForm):
    """Why something is given back."""

    reason = TextField(
        label="差し戻す理由と直してほしい点",
        help_text="相手の団体の担当者に、そのまま表示されます。",
        limit=REASON_LIMIT,
    )


class MoveForm(PortalForm):
    """A move that is confirmed: with its reason where one is asked for, else without any field."""

    def __init__(self, *args: Any, label: str = "", help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["reason"] = TextField(label=label, help_text=help_text, limit=REASON_LIMIT)
            dress(self.fields["reason"], label)


class DeclineForm(PortalForm):
    """Why a town does not want what its prefecture filled in for it."""

    reason = TextField(
        label="断る理由", help_text="県の担当者に、そのまま表示されます。", limit=REASON_LIMIT, rows=4
    )


class ReturnForm(ReasonForm):
    """Which sections are given back, and why."""

    sections = forms.MultipleChoiceField(
        label="直してほしい項目",
        help_text="選んだ項目だけを、相手の団体が直せるようになります。",
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ["sections", "reason"]

    def __init__(self, *args: Any, offered: Sequence[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["sections"]
        field.choices = [(one.code, one.label) for one in offered]


class ChecklistPageForm(VersionedForm):
    """The questions of one principle: a level or 該当しない or 分からない each, and the evidence."""

    def __init__(
        self,
        *args: Any,
        questions: Sequence[Question],
        levels: Sequence[FrameworkLevel],
        evidence_level: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        choices = [(str(level.level), f"{level.level}　{level.label}") for level in levels]
        choices += [(status.value, status.label) for status in (_NA, _UNKNOWN)]
        rubrics = {str(level.level): level.rubric for level in levels} | _REASONS
        for number, question in enumerate(questions, start=1):
            self._add(number, question, choices, rubrics, evidence_level)

    def _add(
        self, number: int, question: Question, choices: list, rubrics: dict, evidence_level: int
    ) -> None:
        answer = forms.ChoiceField(
            label=f"設問{number}　{question.text}", choices=choices, widget=forms.RadioSelect, required=False
        )
        answer.choice_help = rubrics  # type: ignore[attr-defined]
        answer.error_messages["invalid_choice"] = errors.choose(f"設問{number}の段階")
        evidence = TextField(
            label=f"設問{number}の根拠",
            help_text=f"段階{evidence_level}以上を選んだときは、提出までに入力してください。"
            f"例：計画書の名称、会議の回数。{EVIDENCE_LIMIT}文字まで入力できます。",
            limit=EVIDENCE_LIMIT,
            rows=3,
            required=False,
        )
        for name, field in ((answer_name(question.pk), answer), (evidence_name(question.pk), evidence)):
            self.fields[name] = field
            dress(field, str(field.label))

    def clean(self) -> dict[str, Any]:
        """Evidence without an answer has nothing to stand under."""
        cleaned = super().clean() or self.cleaned_data
        for number, question in enumerate(self.questions, start=1):
            lonely = cleaned.get(evidence_name(question.pk)) and not cleaned.get(answer_name(question.pk))
            self.add_error_if(
                bool(lonely) and answer_name(question.pk) not in self.errors,
                answer_name(question.pk),
                errors.choose(f"設問{number}の段階"),
            )
        return cleaned

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Answer and evidence of each question, for the page."""
        return [(self[answer_name(one.pk)], self[evidence_name(one.pk)]) for one in self.questions]

    def answers(self) -> list[Given]:
        """What was answered."""
        return [
            given_from(
                one.pk,
                self.cleaned_data[answer_name(one.pk)],
                self.cleaned_data[evidence_name(one.pk)],
            )
            for one in self.questions
        ]


_NA, _UNKNOWN = AnswerStatus.NOT_APPLICABLE, AnswerStatus.UNKNOWN
_REASONS = {
    _NA.value: "団体の規模や役割から、対象になりません。平均に含めません。",
    _UNKNOWN.value: "今は把握できていません。平均に含めません。",
}


def answer_name(question_id: int) -> str:
    """The name of the control for the answer."""
    return f"answer_{question_id}"


def evidence_name(question_id: int) -> str:
    """The name of the control for the evidence."""
    return f"evidence_{question_id}"


def given_from(question_id: int, value: str, evidence: str) -> Given:
    """An answer as the services take it, from the value of a radio button."""
    if value in (_NA.value, _UNKNOWN.value):
        return Given(question_id, value, None, evidence)
    if value == "":
        return Given(question_id, "", None, evidence)
    return Given(question_id, AnswerStatus.SCORED.value, int(value), evidence)


def answer_value(given: Given) -> str:
    """The value of the radio button for a stored answer."""
    return str(given.level) if given.status == AnswerStatus.SCORED else given.status


def checklist_initial(answers: Mapping[int, Given]) -> dict[str, str]:
    """What the controls of a page show at first."""
    shown = {answer_name(pk): answer_value(one) for pk, one in answers.items()}
    return shown | {evidence_name(pk): one.evidence for pk, one in answers.items()}


class StatusFilterForm(PortalFilterForm):
    """Which forms of a round to list."""

    name = CharField(label="団体名", width="m")
    form = forms.ChoiceField(label="提出物")
    prefecture = forms.ChoiceField(label="都道府県")
    state = forms.ChoiceField(label="状態")

    def __init__(
        self,
        *args: Any,
        kinds: Iterable[tuple[str, str]],
        prefectures: Sequence[tuple[str, str]],
        states: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("form", kinds), ("prefecture", prefectures), ("state", states)):
            self.fields[name].choices = [("", "すべて"), *choices]  # type: ignore[attr-defined]
        if len(prefectures) < 2:
            del self.fields["prefecture"]


class RemindForm(PortalForm):
    """Whom to remind, and what to add to the text; `press` tells one press of the button from another."""

    organisations = forms.MultipleChoiceField(
        label="リマインドを送る団体",
        widget=forms.CheckboxSelectMultiple,
        help_text="外した団体には送りません。今日リマインドを送った団体は、はじめから外してあります。",
    )
    note = TextField(
        label="書き添える連絡",
        help_text="すべての宛先のメールに、そのまま載ります。",
        limit=NOTE_LIMIT,
        rows=4,
        required=False,
    )
    press = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, found: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisations"]
        field.choices = [(str(one.organisation_id), one.name) for one in found]
        field.choice_help = {str(one.organisation_id): _told(one) for one in found}
        if self.is_bound:
            # Who has handed in meanwhile is left out, without a word of reproach.
            data: Any = self.data
            ticked = [value for value in data.getlist("organisations") if value in dict(field.choices)]
            self.data = data.copy()
            self.data.setlist("organisations", ticked)  # type: ignore[attr-defined]


_NO_ADDRESS = "メールアドレスなし。お知らせにだけ載ります"


def _who(person: Recipient) -> str:
    return f"{person.department} {person.greeting}".strip()


def _told(one: Candidate) -> str:
    """Under the name: what is missing, who gets the mail, and when they were reminded last."""
    owed = "、".join(f"{form.form_label}（{form.state_label}）" for form in one.forms)
    people = "、".join(f"{_who(person)}（{person.address or _NO_ADDRESS}）" for person in one.recipients)
    lines = [f"未提出：{owed}", f"宛先：{people}"]
    form = one.forms[0]
    if form.is_extended and form.due_on:
        lines.append(f"延長した提出期限：{jdate(form.due_on)}")
    if one.last:
        lines.append(f"前回のリマインド：{jdatetime(one.last)}")
    return "\n".join(lines)
