"""Forms of liaison assignments."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import Q

from portal import clock
from portal.actor import Actor
from portal.choices import OrganisationKind
from portal.models import Organisation, User
from portal.ui import forms as ui
from programs.core.choices import LiaisonField
from programs.core.models import LiaisonAssignment
from programs.core.services import assignable_people


class LiaisonFilter(ui.PortalFilterForm):
    """Town or person, field, and whether the assignment is in force."""

    q = ui.CharField(label="市町村・氏名", width="m")
    field = forms.ChoiceField(label="分野", choices=[("", "すべて"), *LiaisonField.choices])
    state = forms.ChoiceField(label="状態", choices=[("", "担当中"), ("all", "終了を含む")])

    def apply(self, rows: Any) -> Any:
        """The assignments that meet every condition given."""
        for word in (self.value("q") or "").split():
            rows = rows.filter(Q(organisation__name__icontains=word) | Q(person__name__icontains=word))
        if field := self.value("field"):
            rows = rows.filter(field=field)
        if self.value("state") != "all":
            rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=clock.today()))
        return rows


class LiaisonForm(ui.PortalForm):
    """A town, a field, a person and the first day."""

    organisation = forms.ChoiceField(label="市町村")
    field = forms.ChoiceField(label="分野", choices=LiaisonField.choices, widget=forms.RadioSelect)
    person = forms.ChoiceField(label="担当者", help_text="県の職員と、有識者から選べます。")
    valid_from = ui.DateField(label="開始日", help_text="例：2026年4月1日")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (OrganisationKind.MUNICIPALITY, OrganisationKind.UNION)
        towns = Organisation.objects.for_user(actor).filter(parent=actor.organisation, kind__in=kinds)
        self.towns = {str(row.pk): row for row in towns.order_by("kind", "name", "pk")}
        self.people: dict[str, User] = {}
        labels: dict[str, str] = {}
        for membership in assignable_people(actor):
            key = str(membership.user_id)
            self.people[key] = membership.user
            where = membership.department or membership.organisation.name
            labels.setdefault(key, f"{membership.user.name}（{where}）")
        empty = ("", "---------")
        for name, choices in (
            ("organisation", [(key, row.name) for key, row in self.towns.items()]),
            ("person", list(labels.items())),
        ):
            field = cast(forms.ChoiceField, self.fields[name])
            field.choices = [empty, *choices]
            ui.dress(field, str(field.label))
        self.fields["valid_from"].initial = clock.today()

    def chosen(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "organisation": self.towns[data["organisation"]],
            "person": self.people[data["person"]],
            "field": data["field"],
            "valid_from": data["valid_from"],
        }


class LiaisonEndForm(ui.PortalForm):
    """The last day of an assignment."""

    last_day = ui.DateField(label="最後の日", help_text="例：2026年3月31日")

    def __init__(self, *args: Any, assignment: LiaisonAssignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = max(clock.today(), assignment.valid_from)
