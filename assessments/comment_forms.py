"""Forms of comments on progress reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from assessments.choices import CommentVisibility
from assessments.models.comments import COMMENT_LIMIT
from assessments.models.sections import Section
from assessments.services.comment_threads import WHOLE
from portal.choices import OrganisationKind
from portal.models import Organisation
from portal.ui.forms import PortalFilterForm, PortalForm, TextField

#: How an organisation calls itself, seen from within.
_WITHIN = {OrganisationKind.MUNICIPALITY: "庁内", OrganisationKind.PREFECTURE: "庁内"}


def within(organisation: Organisation) -> str:
    """What keeping something within this organisation is called."""
    return _WITHIN.get(OrganisationKind(organisation.kind), "自分の団体の中")


class AnswerForm(PortalForm):
    """An answer to a comment; its readers are those of the comment."""

    text = TextField(label="コメント", limit=COMMENT_LIMIT, rows=4)


class CommentForm(AnswerForm):
    """A comment: on what, for whom."""

    code = forms.ChoiceField(label="対象の項目", required=False)
    visibility = forms.ChoiceField(label="表示範囲", widget=forms.RadioSelect)
    field_order = ["code", "visibility", "text"]

    def __init__(
        self, *args: Any, sections: Sequence[Section], office: Organisation, shared: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        code: Any = self.fields["code"]
        code.choices = [("", WHOLE), *((one.code, one.label) for one in sections)]
        visibility: Any = self.fields["visibility"]
        choices = [(CommentVisibility.INTERNAL.value, f"{within(office)}だけ")]
        if shared:
            choices.insert(0, (CommentVisibility.SHARED.value, "相手の団体と共有"))
        visibility.choices = choices
        visibility.initial = choices[0][0]
        visibility.choice_help = {
            CommentVisibility.SHARED.value: "提出した団体と、確認する県・事務局の担当者に表示されます。",
            CommentVisibility.INTERNAL.value: "ほかの団体には、表示されません。",
        }


class CommentFilterForm(PortalFilterForm):
    """Which comments of a round are listed."""

    state = forms.ChoiceField(
        label="状態",
        required=False,
        choices=[("", "すべて"), ("open", "未解決"), ("resolved", "解決済み")],
    )
