"""Municipalities in and out as a table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError

from municipalities.choices import MunicipalityKind
from municipalities.codes import normalise_code
from municipalities.models import Municipality, Prefecture
from portal.choices import OrganisationKind
from portal.imports import TableResource
from portal.models import Organisation
from portal.spreadsheets import Choice, Column, Date, Integer, Number, Text, choices_of
from portal.spreadsheets.problems import Unreadable
from portal.spreadsheets.values import ColumnType, RawCell


class MunicipalityCode(ColumnType):
    """A code of six digits, or of five; one that may have lost its leading zero in Excel is not guessed."""

    example = "043222"

    def __init__(self, known: frozenset[str]) -> None:
        self.known = known

    def convert(self, cell: RawCell) -> str:
        """Six digits with a right check digit."""
        text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell.text))
        if len(text) == 5 and f"0{text}" in self.known:
            raise Unreadable(
                "code",
                "は、先頭の0が消えているおそれがあります。",
                "6桁の団体コードを文字列で入力してください。",
            )
        try:
            return normalise_code(text)
        except ValidationError:
            raise Unreadable(
                "code",
                "は、団体コードとして正しくありません。",
                "検査数字を含む6桁の数字で入力してください。",
            ) from None


class MunicipalityResource(TableResource):
    """Name, kind, population and area by code; a new code makes a municipality with its organisation."""

    class Meta:
        model = Municipality
        fields = ("code", "name", "kana", "kind", "population", "population_as_of", "area_km2")
        import_id_fields = ("code",)

    def get_columns(self) -> Sequence[Column]:
        """The columns of the form, labelled as in the export of the list."""
        known = frozenset(Municipality.objects.for_user(self.actor).values_list("code", flat=True))
        digits = "検査数字を含む6桁。5桁でも読み取ります。"
        return [
            Column("code", "団体コード", MunicipalityCode(known), required=True, help=digits),
            Column("name", "名称", Text(50, example="青葉市"), required=True, aliases=("市区町村名",)),
            Column("kana", "よみがな", Text(100, example="あおばし"), required=True, aliases=("ふりがな",)),
            Column("kind", "種別", Choice(choices_of(MunicipalityKind.choices)), required=True),
            Column(
                "population",
                "人口（人）",
                Integer(0, 2**31 - 1, units=("人",)),
                required=True,
                aliases=("人口",),
            ),
            Column("population_as_of", "人口の基準日", Date(), required=True),
            Column("area_km2", "面積（km²）", Number(0, 9_999_999), required=True, aliases=("面積",)),
        ]

    @cached_property
    def prefectures(self) -> dict[str, Prefecture]:
        """The prefectures by the first two digits of their municipalities' codes."""
        rows = Prefecture.objects.for_user(self.actor).select_related("organisation")
        return {row.code: row for row in rows}

    def label_of(self, row: dict[str, Any]) -> str:
        """Code and name."""
        return f"{row['code']} {row['name']}"

    def after_init_instance(self, instance: Municipality, new: bool, row: Any, **kwargs: Any) -> None:
        """A new municipality stands in the prefecture its code begins with."""
        super().after_init_instance(instance, new, row, **kwargs)
        if new:
            prefecture = self.prefectures.get(row["code"][:2])
            if prefecture is None:
                raise ValidationError("団体コードの先頭2桁の都道府県が、登録されていません。")
            instance.prefecture = prefecture

    def before_create(self, instances: list[Municipality]) -> None:
        """Each new municipality gets its organisation."""
        organisations = [
            Organisation(
                kind=OrganisationKind.MUNICIPALITY, name=row.name, parent=row.prefecture.organisation
            )
            for row in instances
        ]
        Organisation.objects.bulk_create(organisations)
        for row, organisation in zip(instances, organisations, strict=True):
            row.organisation = organisation

    def before_update(self, instances: list[Municipality]) -> None:
        """The organisation is called what the municipality is called."""
        names = {row.organisation_id: row.name for row in instances}
        renamed = []
        for organisation in Organisation.objects.filter(pk__in=names):
            if organisation.name != names[organisation.pk]:
                organisation.name = names[organisation.pk]
                renamed.append(organisation)
        Organisation.objects.bulk_update(renamed, ["name"])
