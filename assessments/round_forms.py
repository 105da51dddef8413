"""Forms of setting up a round, of extensions and of 該当なし: cleaning and wording, no saving."""

from __future__ import annotations

from typing import Any

from django import forms

from assessments.choices import GuideKind, RoundStage
from assessments.models import Framework, Round
from assessments.models.round_parts import REASON_LIMIT
from assessments.models.rounds import REQUEST_LIMIT
from assessments.services.guides import KINDS_LABEL, MEGABYTES, SUFFIXES
from assessments.services.setup import DATES, Setup, SetupRefused
from assessments.services.targets import Asked
from municipalities.models import Prefecture
from portal.actor import Actor
from portal.ui.dates import fiscal
from portal.ui.forms import CharField, DateField, FileField, PortalFilterForm, PortalForm, TextField
from programs.models import Program


class ProgramField(forms.ModelChoiceField):
    """A program year; its name alone repeats from year to year."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{fiscal(obj.fiscal_year)}）"


class RoundForm(PortalForm):
    """Everything that is set about a round itself."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    program = ProgramField(label="事業", queryset=Program.objects.none(), empty_label=None)
    title = CharField(label="名称", max_length=100, help_text="例：第2回 最終報告")
    stage = forms.ChoiceField(label="段階", choices=RoundStage.choices, widget=forms.RadioSelect)
    period_from = DateField(label="対象期間の初日", help_text="例：2025年9月1日")
    period_to = DateField(label="対象期間の最終日", help_text="例：2026年1月31日")
    opens_on = DateField(label="受付開始日", help_text="この日の0時から入力できます。")
    due_on = DateField(label="提出期限", help_text="この日の24時までです。過ぎると期限超過と表示されます。")
    closes_on = DateField(label="受付終了日", help_text="この日の24時まで、遅れた提出も受け付けます。")
    frameworks = forms.ModelMultipleChoiceField(
        label="自己点検に使う点検票",
        queryset=Framework.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="自己点検を求めない回では、選ばないでください。",
    )
    request_text = TextField(
        label="依頼文",
        limit=REQUEST_LIMIT,
        rows=10,
        required=False,
        help_text=f"対象団体の画面に、そのまま表示されます。{REQUEST_LIMIT:,}文字まで入力できます。",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = Program.objects.for_user(actor)  # type: ignore[attr-defined]
        self.fields["frameworks"].queryset = Framework.objects.for_user(actor)  # type: ignore[attr-defined]

    def setup(self) -> Setup:
        """What was entered, as the services take it."""
        values = {name: self.cleaned_data[name] for name in Setup.__dataclass_fields__}
        return Setup(**values | {"frameworks": tuple(values["frameworks"])})

    def show(self, refused: SetupRefused) -> None:
        """Put each reason beside its field."""
        for name, why in refused.reasons.items():
            self.add_error(name if name in self.fields else None, why)


def setup_initial(setup: Setup, version: int | None = None) -> dict[str, Any]:
    """What the controls show at first."""
    return setup.columns() | {"frameworks": list(setup.frameworks), "version": version}


class LaterDatesForm(PortalForm):
    """What can still be changed about a round that has opened."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    due_on = DateField(label=DATES["due_on"])
    closes_on = DateField(label=DATES["closes_on"])

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("due_on", "closes_on"):
            self.fields[name].help_text = "今の日付か、それより後の日付にできます。この日の24時までです。"
        names = ("due_on", "closes_on")
        self.initial = {name: getattr(round_, name) for name in names} | {"version": round_.version}

    def show(self, refused: SetupRefused) -> None:
        """Put each reason beside its field."""
        for name, why in refused.reasons.items():
            self.add_error(name if name in self.fields else None, why)


FORMS_ASKED = [("progress", "取組状況"), ("checklists", "自己点検"), ("issues", "地域課題")]


class GroupForm(PortalForm):
    """Many organisations at once."""

    group = forms.ChoiceField(label="まとめて加える団体", widget=forms.RadioSelect)
    forms_asked = forms.MultipleChoiceField(
        label="求める提出物", choices=FORMS_ASKED, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, groups: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = groups  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        """Which forms."""
        chosen = self.cleaned_data["forms_asked"]
        return Asked(**{name: name in chosen for name, _label in FORMS_ASKED})


class CandidateFilterForm(PortalFilterForm):
    """Which of the organisations that may be asked to list."""

    name = CharField(label="団体名", width="m")
    prefecture = forms.ModelChoiceField(
        label="都道府県", queryset=Prefecture.objects.none(), empty_label="すべて"
    )
    chosen = forms.ChoiceField(
        label="対象", choices=[("", "すべて"), ("yes", "対象の団体"), ("no", "対象でない団体")]
    )

    def __init__(self, *args: Any, actor: Actor, everywhere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prefecture"].queryset = Prefecture.objects.for_user(actor)  # type: ignore[attr-defined]
        if not everywhere:
            del self.fields["prefecture"]


class GuideForm(PortalForm):
    """A file that helps to fill the forms in."""

    kind = forms.ChoiceField(label="種類", choices=GuideKind.choices, widget=forms.RadioSelect)
    file = FileField(label="ファイル", suffixes=SUFFIXES, kinds=KINDS_LABEL, megabytes=MEGABYTES)


class WithdrawForm(PortalForm):
    """Why a round is called off."""

    reason = TextField(
        label="取りやめる理由",
        limit=REASON_LIMIT,
        help_text=f"確定したあとの回では、対象団体の画面にも表示されます。{REASON_LIMIT:,}文字まで入力できます。",
    )


class ExtensionForm(PortalForm):
    """A later due day for one organisation."""

    due_on = DateField(label="延長した提出期限", help_text="この日の24時までです。")
    reason = TextField(
        label="延長する理由",
        limit=REASON_LIMIT,
        rows=4,
        help_text=f"相手の団体にも表示されます。{REASON_LIMIT:,}文字まで入力できます。",
    )


class ExtensionWithdrawForm(PortalForm):
    """Why an extension is taken back."""

    reason = TextField(
        label="延長を取り消す理由",
        limit=REASON_LIMIT,
        rows=4,
        help_text=f"相手の団体にも表示されます。{REASON_LIMIT:,}文字まで入力できます。",
    )


class NotApplicableForm(PortalForm):
    """Why a form does not apply."""

    reason = TextField(
        label="該当なしの理由",
        limit=REASON_LIMIT,
        rows=4,
        help_text=f"都道府県の担当者にも表示されます。{REASON_LIMIT:,}文字まで入力できます。",
    )
