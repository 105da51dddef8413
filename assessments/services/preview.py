"""Who is asked for what in a round that is being set up: counts and names, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Value
from django.db.models.functions import Coalesce, Concat

from assessments.choices import FormKind
from assessments.models import Round
from assessments.services.status import ISSUES_FORM, PROGRESS_FORM, form_kinds
from portal.choices import OrganisationKind


@dataclass
class AskedForm:
    """One form, and who is asked for it: prefecture name → names."""

    code: str
    label: str
    places: dict[str, list[str]] = field(default_factory=dict)
    towns: int = 0
    prefectures: int = 0

    @property
    def total(self) -> int:
        """How many organisations."""
        return self.towns + self.prefectures

    def add(self, place: str, name: str, kind: str) -> None:
        """One more organisation."""
        self.places.setdefault(place, []).append(name)
        if kind == OrganisationKind.PREFECTURE:
            self.prefectures += 1
        else:
            self.towns += 1


def asked_forms(round_: Round) -> list[AskedForm]:
    """Each form of the round with those asked for it, place by place."""
    progress = AskedForm(PROGRESS_FORM, FormKind.PROGRESS.label)
    issues = AskedForm(ISSUES_FORM, FormKind.ISSUES.label)
    checklists = form_kinds(round_)
    found = [AskedForm(str(row.pk), row.name) for row, _town, _prefecture in checklists]
    last_of_all = Concat("organisation__parent__prefecture__code", Value("999999"))
    place = Coalesce("organisation__municipality__code", "organisation__prefecture__code", last_of_all)
    rows = round_.targets.annotate(place=place).order_by("place", "organisation_id")
    names = ("organisation__name", "organisation__kind", "organisation__parent__name")
    for name, kind, parent, asks_progress, asks_checklists, asks_issues in rows.values_list(
        *names, "asks_progress", "asks_checklists", "asks_issues"
    ):
        own = kind == OrganisationKind.PREFECTURE
        where = name if own else parent or "その他"
        if asks_progress:
            progress.add(where, name, kind)
        for form, (_row, of_town, of_prefecture) in zip(found, checklists, strict=True):
            if asks_checklists and (of_prefecture if own else of_town):
                form.add(where, name, kind)
        if asks_issues:
            issues.add(where, name, kind)
    return [progress, *found, issues]
