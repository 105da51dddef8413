"""From names in a file to organisations: always inside one prefecture, never by name alone."""

from __future__ import annotations

import difflib
import unicodedata

from municipalities.models import Municipality, Prefecture
from portal.choices import OrganisationKind
from portal.models import Organisation
from programs.calls.importing.faults import Fault, refuse

#: A partner that is no municipality is a union when its name ends with one of these.
UNION_ENDINGS = ("組合", "広域連合", "協議会", "企業団")
_VARIANTS = str.maketrans({"ヶ": "ケ", "ヵ": "カ", "檮": "梼"})


def plain(name: str) -> str:
    """A name for comparing: one width, no spaces, ヶ and ケ as one."""
    return "".join(unicodedata.normalize("NFKC", name).split()).translate(_VARIANTS)


def find_prefecture(name: str) -> Prefecture:
    """The prefecture of that name; FileRefused with the nearest names when there is none."""
    known = {plain(row.name): row for row in Prefecture.objects.select_related("organisation")}
    if plain(name) in known:
        return known[plain(name)]
    raise refuse(
        "application.prefecture",
        f"都道府県「{name}」はありません。",
        _nearest(name, [r.name for r in known.values()]),
    )


def _nearest(name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.3)
    listed = "・".join(f"「{item}」" for item in near)
    return f"{listed}ではないか確かめてください。" if near else "正式な名称を確かめてください。"


class Names:
    """The organisations a file of one prefecture may speak of; looked up with a fixed number of queries."""

    def __init__(self, prefecture: Prefecture) -> None:
        self.prefecture = prefecture
        towns = Municipality.objects.filter(prefecture=prefecture).select_related("organisation")
        self.towns = {plain(town.name): town.organisation for town in towns}
        unions = Organisation.objects.filter(
            kind=OrganisationKind.UNION, parent_id=prefecture.organisation_id
        )
        self.unions = {plain(union.name): union for union in unions}

    def label(self, label: str) -> Organisation | None:
        """The one organisation a label means; None for joint labels (3町村, 国), kept as written."""
        key = plain(label)
        if key == plain(self.prefecture.name):
            return self.prefecture.organisation
        return self.towns.get(key) or self.unions.get(key) or self.towns.get(self._short(key))

    def _short(self, key: str) -> str:
        """The name without the prefecture and the county (郡) some write in front of it."""
        short = key.removeprefix(plain(self.prefecture.name))
        county, _, rest = short.partition("郡")
        return rest if rest in self.towns and county else short

    def partners(self, names: list[str], faults: list[Fault]) -> list[Organisation]:
        """The partners in order; unions are made when needed, unknown names become faults."""
        found: list[Organisation] = []
        for index, name in enumerate(names):
            place = f"application.partner_municipalities[{index}]"
            organisation = self._partner(name, place, faults)
            if organisation in found:
                rule = f"「{name}」は、一覧の前の方の団体と同じです。"
                faults.append(Fault(place, rule, "1つにしてください。"))
            elif organisation:
                found.append(organisation)
        return found

    def _partner(self, name: str, place: str, faults: list[Fault]) -> Organisation | None:
        key = plain(name)
        known = self.label(name)
        if known == self.prefecture.organisation:
            remedy = "市町村か一部事務組合などの名称にしてください。"
            faults.append(Fault(place, f"都道府県「{name}」は連携市町村になれません。", remedy))
            return None
        if known is None and key.endswith(UNION_ENDINGS):
            known = self.unions[key] = Organisation.objects.create(
                kind=OrganisationKind.UNION, name=name, parent=self.prefecture.organisation
            )
        if known is None:
            faults.append(Fault(place, *self._unknown(name)))
        return known

    def _unknown(self, name: str) -> tuple[str, str]:
        others = Municipality.objects.filter(name=name).exclude(prefecture=self.prefecture)
        elsewhere = "・".join(others.order_by("code").values_list("prefecture__name", flat=True))
        rule = f"「{name}」は、{self.prefecture.name}の市区町村にありません。"
        if elsewhere:
            return rule, f"同じ名称は{elsewhere}にあります。application.prefecture を確かめてください。"
        return rule, _nearest(name, [organisation.name for organisation in self.towns.values()])
