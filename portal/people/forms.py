"""Forms of people, organisations, invitations and hand-overs."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from portal import clock
from portal.actor import Actor
from portal.choices import (
    DUTIES_OF_ROLE,
    KEPT_KINDS,
    KEPT_UNDER,
    ROLE_OF_KIND,
    Duty,
    HandoverState,
    InvitationState,
    OrganisationKind,
)
from portal.models import Membership, Organisation, User
from portal.ui import errors
from portal.ui import forms as ui
from portal.ui.account_forms import HELPS, LABELS, AccountFormMixin

EVERY = ("", "すべて")
STUCK = ("stuck", "送れなかった・期限切れ")


def office_choices(actor: Actor, *, kept: bool = False) -> list[tuple[str, str]]:
    """Organisations by id and full name, those the actor sees or looks after."""
    rows = Organisation.objects.for_user(actor)
    if kept:
        rows = rows.kept_by(actor)
    rows = rows.select_related("parent").order_by("parent__name", "kind", "name", "pk")
    return [(str(row.pk), row.full_name) for row in rows]


def kind_choices(actor: Actor) -> list[tuple[str, str]]:
    """The kinds that the actor meets in lists."""
    kinds = KEPT_UNDER.get(actor.role) or (KEPT_KINDS.get(actor.role) and OrganisationKind.values) or ()
    return [EVERY, *((code, label) for code, label in OrganisationKind.choices if code in kinds)]


class OrganisationFilter(ui.PortalFilterForm):
    """Name, kind, and offices without anybody."""

    q = ui.CharField(label="団体名", width="m")
    kind = forms.ChoiceField(label="種別")
    vacant = forms.ChoiceField(label="担当者", choices=[EVERY, ("1", "担当者のいない団体")])

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["kind"]).choices = kind_choices(actor)

    def apply(self, rows: Any) -> Any:
        """The organisations that meet every condition given."""
        for word in (self.value("q") or "").split():
            rows = rows.filter(Q(name__icontains=word) | Q(parent__name__icontains=word))
        if kind := self.value("kind"):
            rows = rows.filter(kind=kind)
        if self.value("vacant"):
            rows = rows.filter(has_people=False, begun=True, kind__in=["municipality", "union"])
        return rows


class WordFilter(ui.PortalFilterForm):
    """Words that stand in a name, an office or an address."""

    q = ui.CharField(label="氏名・団体・メールアドレス", width="m")

    def matches(self, rows: Any, *, office: str = "organisation", person: str = "user__") -> Any:
        """Rows in which every word stands in a name, an office or an address."""
        for word in (self.value("q") or "").split():
            rows = rows.filter(
                Q(**{f"{person}name__icontains": word})
                | Q(**{f"{person}email__icontains": word})
                | Q(**{f"{office}__name__icontains": word})
                | Q(**{f"{office}__parent__name__icontains": word})
            )
        return rows


class PeopleFilter(WordFilter):
    """Person or office, duty, and state of the membership."""

    duty = forms.ChoiceField(label="担当", choices=[EVERY, *Duty.choices])
    state = forms.ChoiceField(
        label="状態", choices=[("", "有効"), ("coming", "開始前"), ("over", "終了"), ("all", "すべて")]
    )


class ContactFilter(WordFilter):
    """Name or office, duty, kind of office."""

    duty = forms.ChoiceField(label="担当", choices=[EVERY, *Duty.choices])

    kind = forms.ChoiceField(label="団体の種別", choices=[EVERY, *OrganisationKind.choices])


class InvitationFilter(WordFilter):
    """Person or office, duty, and state of the invitation."""

    duty = forms.ChoiceField(label="担当", choices=[EVERY, *Duty.choices])
    state = forms.ChoiceField(label="状態", choices=[EVERY, STUCK, *InvitationState.choices])


class HandoverFilter(ui.PortalFilterForm):
    """Person or office, and state."""

    q = ui.CharField(label="氏名・団体", width="m")
    state = forms.ChoiceField(label="状態", choices=[EVERY, *HandoverState.choices])


class OrganisationForm(ui.PortalForm):
    """Telephone, notification address, and for towns the sign-off."""

    phone = ui.PhoneField(label="電話番号", max_length=40, required=False, help_text="例：078-341-7711")
    notification_address = ui.EmailField(
        label="通知先メールアドレス", required=False, help_text="団体で共有しているメールアドレスも使えます。"
    )
    sign_off_required = ui.YesNoField(
        label="提出の前に、庁内の決裁者の決裁を求めますか", yes="求める", no="求めない", required=True
    )


class MembershipForm(ui.PortalForm):
    """What a membership says besides role, duty and dates."""

    department = ui.CharField(label="所属課", max_length=100, required=False)
    phone = ui.PhoneField(label="内線・電話番号", max_length=40, required=False)
    deputy = forms.BooleanField(label="代理として担当する", required=False)


class EndForm(ui.PortalForm):
    """The last day of a membership or an assignment."""

    last_day = ui.DateField(label="最後の日", help_text="この日まで使えます。例：2026年3月31日")


class MembershipEndForm(EndForm):
    """The same, and that an office without anybody is meant."""

    knowing = forms.BooleanField(label="担当者がいなくなることを確認した", required=False)


class PersonFields(ui.PortalForm):
    """Who somebody is; used for people to be invited and for successors."""

    name = ui.CharField(
        label="氏名", max_length=100, width="m", help_text="姓と名の間に空白を入れてください。"
    )
    email = ui.EmailField(
        label="メールアドレス",
        required=False,
        help_text="本人のアドレスがないときは空欄にし、書面で案内してください。サインインIDを発行します。",
    )
    duty = forms.ChoiceField(label="担当", widget=forms.RadioSelect)
    department = ui.CharField(label="所属課", max_length=100, required=False)
    phone = ui.PhoneField(label="内線・電話番号", max_length=40, required=False)


class InvitationForm(PersonFields):
    """A person to be invited."""

    organisation = forms.ChoiceField(label="団体")
    valid_from = ui.DateField(label="開始日", help_text="この日から使えます。例：2025年10月1日")
    valid_until = ui.DateField(
        label="終了日", required=False, help_text="決まっているときだけ、入力してください。"
    )
    deputy = forms.BooleanField(label="代理として担当する", required=False)
    field_order = ["organisation"]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["valid_from"].initial = clock.today()
        kept = Organisation.objects.for_user(actor).kept_by(actor)
        roles = {ROLE_OF_KIND[kind] for kind in kept.order_by().values_list("kind", flat=True).distinct()}
        known = {str(duty) for role in roles for duty in DUTIES_OF_ROLE[role]}
        choices = [("", "---------"), *office_choices(actor, kept=True)]
        office = cast(forms.ChoiceField, self.fields["organisation"])
        office.choices = choices
        duty = cast(forms.ChoiceField, self.fields["duty"])
        duty.choices = [(code, label) for code, label in Duty.choices if code in known]
        ui.dress(office, "団体")

    def clean_organisation(self) -> Organisation:
        """The organisation chosen, among those the actor looks after."""
        rows = Organisation.objects.for_user(self.actor).kept_by(self.actor)
        return rows.get(pk=self.cleaned_data["organisation"])

    def clean(self) -> dict[str, Any]:
        """The duty fits the office; the end is not before the start."""
        data = super().clean() or {}
        office, duty = data.get("organisation"), data.get("duty")
        if office and duty and duty not in DUTIES_OF_ROLE[ROLE_OF_KIND[office.kind]]:
            labels = "、".join(str(Duty(code).label) for code in DUTIES_OF_ROLE[ROLE_OF_KIND[office.kind]])
            self.add_error("duty", f"{office.name}の担当は、{labels}から選んでください。")
        start, end = data.get("valid_from"), data.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", errors.not_before("終了日", "開始日", start))
        return data


class HandoverForm(PersonFields):
    """Successor and day."""

    effective_on = ui.DateField(
        label="適用日", help_text="後任者の最初の日。前任者は、前日まで使えます。例：2026年4月1日"
    )
    field_order = ["effective_on"]

    def __init__(self, *args: Any, leaving: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label, self.fields["email"].label = "後任の氏名", "後任のメールアドレス"
        duties = DUTIES_OF_ROLE[leaving.role]
        duty = cast(forms.ChoiceField, self.fields["duty"])
        duty.choices = [(code, Duty(code).label) for code in duties]
        duty.initial = leaving.duty
        self.fields["department"].initial, self.fields["phone"].initial = leaving.department, leaving.phone
        self.fields["effective_on"].initial = next_april(clock.today())
        for name in ("name", "email"):
            ui.dress(self.fields[name], str(self.fields[name].label))


def next_april(today: dt.date) -> dt.date:
    """The first of April to come: the day most offices change hands."""
    return dt.date(today.year + (today >= dt.date(today.year, 4, 1)), 4, 1)


class AcceptForm(AccountFormMixin, ui.PortalForm):
    """The password of a new account, by Django's validators."""

    password1 = forms.CharField(
        label=LABELS["password1"],
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    password2 = forms.CharField(
        label=LABELS["password2"],
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        for name in ("password1", "password2"):
            self.fields[name].help_text = HELPS[name]

    def clean_password1(self) -> str:
        """Strong enough for this person."""
        from django.contrib.auth.password_validation import validate_password

        password = str(self.cleaned_data["password1"])
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        """The same twice."""
        data = super().clean() or {}
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", ValidationError("同じパスワードを、もう一度入力してください。"))
        return data
