"""Use-cases of the master data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from municipalities.bundled import DATA, Master, read_master
from municipalities.models import DxIndicator, DxValue, Municipality, Prefecture
from portal.audit import AuditCode, record
from portal.choices import OrganisationKind
from portal.models import Organisation
from portal.services.bulk import Synced, upsert


@dataclass(frozen=True)
class Loaded:
    """What a load did to one kind of row."""

    label: str
    total: int
    created: int
    updated: int


@transaction.atomic
def load_master(*, folder: Path = DATA) -> list[Loaded]:
    """Bring prefectures, municipalities, their organisations and the DX indicators to what the files say.

    All or nothing: MasterRefused names the faults of the files. Known codes are updated in place, so a
    renamed town keeps its organisation, memberships and history.
    """
    master = read_master(folder)
    prefectures = _prefectures(master)
    municipalities = _municipalities(master, prefectures.rows)
    organisations = {row.lg_code: row.organisation_id for row in prefectures.rows.values()}
    organisations |= {row.code: row.organisation_id for row in municipalities.rows.values()}
    indicators = _indicators(master)
    values = _dx_values(master, indicators.rows, organisations)
    told = [
        _told("都道府県", prefectures),
        _told("市区町村", municipalities),
        _told("DX指標", indicators),
        _told("DX指標の値", values),
    ]
    counts = {row.label: {"created": row.created, "updated": row.updated} for row in told}
    record(AuditCode.DATA_LOADED, details={"data": "都道府県・市区町村・DX指標", **counts})
    return told


def _told(label: str, synced: Synced[Any]) -> Loaded:
    return Loaded(label, len(synced.rows), synced.created, synced.updated)


def _organisations(kind: OrganisationKind, wanted: Iterable[tuple[str, str, int | None]]) -> dict[str, int]:
    """The organisation of each code: the known one (renamed where needed), one of that name, or a new one."""
    wanted = list(wanted)
    model = Prefecture if kind == OrganisationKind.PREFECTURE else Municipality
    column = "lg_code" if kind == OrganisationKind.PREFECTURE else "code"
    known = dict(model.objects.values_list(column, "organisation_id"))
    renamed = upsert(
        Organisation.objects.filter(kind=kind, pk__in=known.values()),
        [{"id": known[code], "name": name, "parent_id": up} for code, name, up in wanted if code in known],
        key=["id"],
    )
    named = upsert(
        Organisation.objects.filter(kind=kind).exclude(pk__in=renamed.rows),
        [{"kind": kind, "name": name, "parent_id": up} for code, name, up in wanted if code not in known],
        key=["name", "parent_id"],
    )
    return known | {code: named.rows[name, up].pk for code, name, up in wanted if code not in known}


def _prefectures(master: Master) -> Synced[Prefecture]:
    organisations = _organisations(
        OrganisationKind.PREFECTURE, [(row["lg_code"], row["name"], None) for row in master.prefectures]
    )
    rows = [{**row, "organisation_id": organisations[row["lg_code"]]} for row in master.prefectures]
    return upsert(Prefecture.objects.all(), rows, key=["code"])


def _municipalities(master: Master, prefectures: dict[str, Prefecture]) -> Synced[Municipality]:
    above = {row["code"]: prefectures[row["prefecture_code"]] for row in master.municipalities}
    organisations = _organisations(
        OrganisationKind.MUNICIPALITY,
        [(row["code"], row["name"], above[row["code"]].organisation_id) for row in master.municipalities],
    )
    rows = [
        {
            **{name: value for name, value in row.items() if name != "prefecture_code"},
            "prefecture_id": above[row["code"]].pk,
            "organisation_id": organisations[row["code"]],
        }
        for row in master.municipalities
    ]
    return upsert(Municipality.objects.all(), rows, key=["code"])


def _indicators(master: Master) -> Synced[DxIndicator]:
    editions = {indicator.values["published_on"] for indicator in master.indicators}
    rows = [
        {
            "code": indicator.code,
            "for_municipalities": indicator.for_municipalities,
            "for_prefectures": indicator.for_prefectures,
            **indicator.values,
        }
        for indicator in master.indicators
    ]
    return upsert(DxIndicator.objects.filter(published_on__in=editions), rows, key=["code"])


def _dx_values(
    master: Master, indicators: dict[str, DxIndicator], organisations: dict[str, int]
) -> Synced[DxValue]:
    rows = [
        {
            "indicator_id": indicators[indicator].pk,
            "organisation_id": organisations[code],
            "status": status,
            "value": value,
        }
        for code, indicator, status, value in master.dx_values
    ]
    known = DxValue.objects.filter(indicator__in=[row.pk for row in indicators.values()])
    return upsert(known, rows, key=["indicator_id", "organisation_id"])


def codes_of(organisations: Iterable[int]) -> dict[int, str]:
    """The six-digit codes of these organisations, by id; unions and companies have none."""
    keys = list(organisations)
    towns = Municipality.objects.filter(organisation__in=keys).values_list("organisation", "code")
    prefectures = Prefecture.objects.filter(organisation__in=keys).values_list("organisation", "lg_code")
    return dict([*towns, *prefectures])
