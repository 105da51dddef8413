"""Forms of notices and mails: cleaning and wording, no saving."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.choices import MessageState
from portal.outbox.kinds import all_kinds
from portal.ui.forms import CharField, PortalFilterForm, PortalForm, YesNoField


class OutboxFilterForm(PortalFilterForm):
    """The mails by kind, state and addressee."""

    kind = forms.ChoiceField(label="種類")
    state = forms.ChoiceField(label="状態")
    q = CharField(label="宛先")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind, state = self.fields["kind"], self.fields["state"]
        kind.choices = [("", "すべて"), *all_kinds()]  # type: ignore[attr-defined]
        state.choices = [("", "すべて"), *MessageState.choices]  # type: ignore[attr-defined]


class NoticeFilterForm(PortalFilterForm):
    """Notices: all, or what was not opened yet."""

    unread = forms.ChoiceField(label="既読・未読", choices=[("", "すべて"), ("1", "未読だけ")])


class MailSettingForm(PortalForm):
    """One mail a day or one per matter."""

    personal = YesNoField(
        label="自分あてのメールを、1日1通にまとめる",
        help_text="まとめると、前の日からのお知らせを、毎朝1通のメールで受け取れます。",
    )
    office = YesNoField(
        label="団体の通知先あてのメールを、1日1通にまとめる",
        help_text="団体の通知先メールアドレスに届くメールの設定です。団体の全員に関わります。",
    )

    def __init__(self, *args: Any, may_set_office: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_set_office:
            del self.fields["office"]
