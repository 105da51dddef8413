"""Organisations of the sample: looked up by code or name, made where they are missing."""

from __future__ import annotations

from typing import Any

from municipalities.models import Municipality, Prefecture
from portal.choices import OrganisationKind
from portal.models import Organisation
from programs.models import Vendor


class Organisations:
    """Every organisation the sample speaks of, under the key its files use.

    Prefectures by two digits, municipalities by six, unions and vendors by name, the rest by code.
    """

    def __init__(self) -> None:
        self.prefectures = {row.code: row for row in Prefecture.objects.select_related("organisation")}
        self.towns: dict[str, list[Organisation]] = {code: [] for code in self.prefectures}
        self.by_key = {code: row.organisation for code, row in self.prefectures.items()}
        for row in Municipality.objects.select_related("organisation__parent", "prefecture"):
            self.by_key[row.code] = row.organisation
            self.towns[row.prefecture.code].append(row.organisation)
        self.vendors: dict[str, Vendor] = {}
        self.code_of = {row.pk: key for key, row in self.by_key.items()}

    def __getitem__(self, key: str) -> Organisation:
        return self.by_key[key]

    def ensure(self, key: str, *, kind: str, name: str, parent: Organisation | None = None) -> Organisation:
        """The organisation of this kind and name, made when it is not there."""
        row, _created = Organisation.objects.get_or_create(kind=kind, name=name, parent=parent)
        self.by_key[key] = row
        self.code_of[row.pk] = key
        return row

    def ensure_unions(self, regions: list[dict[str, Any]]) -> None:
        """The unions that take part, under their prefecture."""
        for region in regions:
            for union in region.get("unions", []):
                self.ensure(
                    union["name"],
                    kind=OrganisationKind.UNION,
                    name=union["name"],
                    parent=self[region["prefecture"]],
                )

    def ensure_vendors(self, regions: list[dict[str, Any]]) -> None:
        """The vendors of all consortia."""
        for region in regions:
            for item in region["vendors"]:
                organisation = self.ensure(item["name"], kind=OrganisationKind.VENDOR, name=item["name"])
                self.vendors[item["name"]], _created = Vendor.objects.get_or_create(organisation=organisation)
