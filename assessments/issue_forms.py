"""Forms of local issues: cleaning and wording, no saving; what the ratings mean comes from the scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from assessments.choices import IssueAxis, IssueField, IssueState
from assessments.forms import REASON_LIMIT, VersionedForm
from assessments.models import IssueScale, LocalIssue, SupportStep
from assessments.models.local_issues import DESCRIPTION_LIMIT, TITLE_LIMIT
from assessments.services.issues import CONTENT, DEPARTMENT_LIMIT
from portal.ui import errors
from portal.ui.forms import (
    CharField,
    IntegerField,
    PortalFilterForm,
    PortalForm,
    TextField,
    YesNoField,
    dress,
)

NOT_YET = ("", "まだ評価していない")
NOT_SAID = ("", "まだ決めていない")
#: The filter's word for those that were taken off the list.
WITHDRAWN = "withdrawn"


class IssueForm(VersionedForm):
    """One local issue; only the title is asked for at once, the rest when it is known."""

    title = CharField(
        label="地域課題",
        help_text=f"何に困っているかを、ひとことで入力してください。"
        f"例：避難所の受付に時間がかかる。{TITLE_LIMIT}文字まで入力できます。",
        max_length=TITLE_LIMIT,
    )
    description = TextField(
        label="説明",
        help_text=f"誰が、どこで、どのように困っているかを入力してください。{DESCRIPTION_LIMIT:,}文字まで入力できます。",
        limit=DESCRIPTION_LIMIT,
        required=False,
    )
    field = forms.ChoiceField(
        label="分野", choices=[("", "まだ決めていない"), *IssueField.choices], required=False
    )
    controllable = YesNoField(
        label="自団体で対応できるか",
        help_text="国・県・ほかの団体の判断を待たずに進められるときは、「対応できる」を選んでください。",
        yes="対応できる",
        no="対応できない",
        required=False,
    )
    start_now = YesNoField(label="すぐに着手できるか", yes="着手できる", no="着手できない", required=False)
    department = CharField(
        label="担当課",
        help_text="例：総務課",
        width="l",
        max_length=DEPARTMENT_LIMIT,
        required=False,
    )
    step_id = forms.TypedChoiceField(
        label="STEP", coerce=int, empty_value=None, widget=forms.RadioSelect, required=False
    )
    shared = YesNoField(label="共有", yes="共有する", no="共有しない")

    def __init__(
        self,
        *args: Any,
        scale: IssueScale,
        steps: Iterable[SupportStep],
        readers: str,
        asks_state: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for criterion in scale.criteria.all():
            self._add_rating(criterion)
        step: Any = self.fields["step_id"]
        steps = list(steps)
        step.choices = [*((str(row.pk), str(row)) for row in steps), NOT_SAID]
        step.choice_help = {str(row.pk): row.summary for row in steps}
        for name in ("controllable", "start_now"):
            answer: Any = self.fields[name]
            answer.choices = [*answer.choices, NOT_SAID]
        shared: Any = self.fields["shared"]
        shared.help_text = (
            f"共有すると、{readers}にも表示されます。そのあと直した内容も、保存したときに表示されます。"
        )
        if asks_state:
            self._add_state()

    def _add_rating(self, criterion: Any) -> None:
        levels = list(criterion.levels.all())
        rating = forms.TypedChoiceField(
            label=criterion.name,
            help_text=criterion.question,
            choices=[*((str(row.level), f"{row.level}　{row.label}") for row in levels), NOT_YET],
            coerce=int,
            empty_value=None,
            widget=forms.RadioSelect,
            required=False,
        )
        self._dressed(criterion.code, rating)
        rating.choices = [*((str(row.level), f"{row.level}　{row.label}") for row in levels), NOT_YET]
        rating.choice_help = {str(row.level): row.anchor for row in levels}  # type: ignore[attr-defined]

    def _add_state(self) -> None:
        state = forms.ChoiceField(
            label="状態", choices=IssueState.choices, widget=forms.RadioSelect, initial=IssueState.TODO
        )
        self._dressed("state", state)

    def _dressed(self, name: str, field: forms.Field) -> None:
        self.fields[name] = field
        dress(field, str(field.label))

    @property
    def ratings(self) -> list[forms.BoundField]:
        """The controls of the three ratings in their order."""
        return [self[name] for name in IssueAxis.values if name in self.fields]

    def values(self) -> dict[str, Any]:
        """What was filled in, under the names of the columns."""
        return {name: self.cleaned_data[name] for name in CONTENT}


def typed_value(name: str, value: Any) -> str:
    """The value a control would post for stored content."""
    if name in ("controllable", "start_now", "shared"):
        return {True: "yes", False: "no"}.get(value, "")
    return "" if value is None else str(value)


class HandInForm(PortalForm):
    """Handing the list in: which list was shown, and that the unshared part of it will be read."""

    show_badges = False
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, unshared: int, readers: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not unshared:
            return
        label = f"共有していない{unshared:,}件も{readers}に表示されることを確かめました"
        self.fields["knowing"] = forms.BooleanField(label=label)
        dress(self.fields["knowing"], label)
        self.fields["knowing"].error_messages["required"] = (
            f"共有していない課題も{readers}に表示されることを確かめ、チェックを入れてください。"
        )


class OptionalReasonForm(PortalForm):
    """A reason one may give."""

    reason = TextField(label="理由", limit=REASON_LIMIT, rows=4, required=False)


class NeededReasonForm(PortalForm):
    """A reason one must give."""

    reason = TextField(label="理由", limit=REASON_LIMIT, rows=4)


class OrderForm(PortalForm):
    """A rank for each issue of a list."""

    show_badges = False
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, issues: Sequence[LocalIssue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for issue in issues:
            label = f"「{issue.title}」の順位"
            field = IntegerField(
                label=label, min_value=1, max_value=len(issues), initial=issue.position, unit="位"
            )
            self.fields[rank_name(issue.pk)] = field
            dress(field, label)
            limits = (("min_value", errors.at_least(label)), ("max_value", errors.at_most(label)))
            field.error_messages.update(dict(limits))

    def ranks(self) -> dict[int, int]:
        """Issue → the rank typed."""
        return {int(name[5:]): value for name, value in self.cleaned_data.items() if name.startswith("rank_")}


def rank_name(key: int) -> str:
    """The name of the control for the rank of an issue."""
    return f"rank_{key}"


class OwnIssueFilter(PortalFilterForm):
    """Which of the own issues to list."""

    field = forms.ChoiceField(label="分野", choices=[("", "すべて"), *IssueField.choices])
    state = forms.ChoiceField(
        label="状態", choices=[("", "すべて"), *IssueState.choices, (WITHDRAWN, "取り下げたもの")]
    )


class SharedIssueFilter(PortalFilterForm):
    """Which of the shared issues of others to list."""

    prefecture = forms.ChoiceField(label="都道府県")
    town = forms.ChoiceField(label="団体")
    field = forms.ChoiceField(label="分野", choices=[("", "すべて"), *IssueField.choices])
    state = forms.ChoiceField(label="状態", choices=[("", "すべて"), *IssueState.choices])

    def __init__(
        self,
        *args: Any,
        towns: Iterable[tuple[str, str]],
        prefectures: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("town", towns), ("prefecture", prefectures)):
            field: Any = self.fields[name]
            field.choices = [("", "すべて"), *choices]
        if len(prefectures) < 2:
            del self.fields["prefecture"]
