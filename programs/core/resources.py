"""Partnerships in and out as a table."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError

from municipalities.codes import normalise_code
from portal.choices import OrganisationKind
from portal.imports import Lookup, TableResource
from portal.models import Organisation
from portal.spreadsheets import Column, Integer
from portal.spreadsheets.values import RawCell
from programs.core.models import Partnership, Region


def region_code(region: Region) -> str:
    """How a file names a region: the program's slug and the prefecture's code."""
    return f"{region.program.slug}/{region.prefecture.code}"


class PartnerCode(Lookup):
    """A municipality by its code (six digits, or five), a union by its name."""

    def convert(self, cell: RawCell) -> Any:
        """The organisation's id."""
        text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell.text))
        # A union's name, or a wrong code, stays as it is: the list of known ones decides.
        with contextlib.suppress(ValidationError):
            text = normalise_code(text)
        return super().convert(RawCell("s", text))


class PartnershipResource(TableResource):
    """Who takes part in which region, by program, prefecture and municipality code."""

    class Meta:
        model = Partnership
        fields = ("region", "organisation", "position")
        import_id_fields = ("region", "organisation")

    def get_columns(self) -> Sequence[Column]:
        """The columns of the form."""
        regions = {region_code(region): pk for pk, region in self.regions.items()}
        partners = {self.code_of(row): pk for pk, row in self.partners.items()}
        return [
            Column(
                "region",
                "支援地域",
                Lookup(regions, what="支援地域", example="r7/28"),
                required=True,
                help="事業の識別名と都道府県コードを「/」でつなぎます。",
            ),
            Column(
                "organisation",
                "団体コード",
                PartnerCode(partners, what="市区町村・組合", example="282014"),
                required=True,
                help="検査数字を含む6桁。コードのない組合や広域連合は、名称を入力します。",
            ),
            Column("position", "並び順", Integer(0, 9_999), required=True),
        ]

    @cached_property
    def regions(self) -> dict[int, Region]:
        """The regions the actor may name."""
        return {row.pk: row for row in Region.objects.for_user(self.actor).with_names()}

    @cached_property
    def partners(self) -> dict[int, Organisation]:
        """Municipalities and unions of the prefectures of these regions."""
        prefectures = {row.prefecture.organisation_id for row in self.regions.values()}
        kinds = [OrganisationKind.MUNICIPALITY, OrganisationKind.UNION]
        rows = Organisation.objects.filter(kind__in=kinds, parent__in=prefectures)
        return {row.pk: row for row in rows.select_related("municipality", "parent")}

    @staticmethod
    def code_of(organisation: Organisation) -> str:
        """The municipality's code; a union's name."""
        municipality = getattr(organisation, "municipality", None)
        return municipality.code if municipality else organisation.name

    def label_of(self, row: dict[str, Any]) -> str:
        """Region and partner by name."""
        return f"{self.regions[row['region']]} {self.partners[row['organisation']]}"

    def after_init_instance(self, instance: Partnership, new: bool, row: Any, **kwargs: Any) -> None:
        """A partner belongs to the region's own prefecture."""
        super().after_init_instance(instance, new, row, **kwargs)
        prefecture = self.regions[row["region"]].prefecture
        if self.partners[row["organisation"]].parent_id != prefecture.organisation_id:
            raise ValidationError({"organisation": f"{prefecture.name}の団体ではありません。"})
