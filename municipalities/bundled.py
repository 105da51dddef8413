"""The master data bundled with the portal, read and checked: every fault named with file and line."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError

from municipalities.choices import IndicatorKind, IndicatorStatus, MunicipalityKind
from municipalities.codes import normalise_code

DATA = Path(__file__).parent / "data"
SHOWN_FAULTS = 10
_KIND_OF_LABEL = {kind.label: kind.value for kind in MunicipalityKind}
_STATUS_OF_LABEL = {status.label: status.value for status in IndicatorStatus}


class MasterRefused(Exception):
    """Master data with faults; its text lists them, one a line, and nothing was written."""


@dataclass
class Indicator:
    """One official indicator with its edition."""

    code: str
    values: dict[str, Any]
    for_municipalities: bool
    for_prefectures: bool


@dataclass
class Master:
    """Checked rows: columns of the models, keyed as the models are; dx values by six-digit code."""

    prefectures: list[dict[str, Any]] = field(default_factory=list)
    municipalities: list[dict[str, Any]] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    dx_values: list[tuple[str, str, str, Decimal | None]] = field(default_factory=list)


class _Faults:
    """Collects what is wrong, and where."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def read(self, place: str, parse: Callable[[str], Any], text: str) -> Any:
        """What `parse` makes of the text, or None with a fault noted at that place."""
        try:
            return parse(text)
        except ValidationError as error:
            self.lines.append(f"{place}：{'、'.join(error.messages)}")
        except (ValueError, KeyError, InvalidOperation):
            self.lines.append(f"{place}：「{text}」を読み取れません。元の資料と見比べて直してください。")
        return None

    def read_code(self, place: str, text: str, seen: set[str]) -> str:
        """A six-digit code that is right and new; what is wrong with it is noted."""
        code: str = self.read(f"{place} 団体コード", normalise_code, text) or ""
        if code in seen:
            self.add(f"{place}：団体コード「{code}」が2回出てきます。片方を消してください。")
        seen.update([code] if code else [])
        return code

    def add(self, line: str) -> None:
        """Note a fault."""
        self.lines.append(line)

    def refuse(self) -> None:
        """Raise when there is any fault."""
        if self.lines:
            shown = self.lines[:SHOWN_FAULTS]
            rest = len(self.lines) - len(shown)
            raise MasterRefused("\n".join([*shown, *([f"ほか{rest}件"] if rest else [])]))


def read_master(folder: Path = DATA) -> Master:
    """Everything in the folder, checked as a whole; MasterRefused names each fault."""
    faults, master = _Faults(), Master()
    master.prefectures = list(_prefectures(folder / "prefectures.csv", faults))
    known = {row["code"] for row in master.prefectures}
    master.municipalities = list(_municipalities(folder / "municipalities.csv", known, faults))
    master.indicators = _indicators(folder / "dx_indicators.yaml")
    codes = {
        "dx_municipalities.csv": {row["code"] for row in master.municipalities},
        "dx_prefectures.csv": {row["lg_code"] for row in master.prefectures},
    }
    for name, allowed in codes.items():
        master.dx_values += _dx_values(folder / name, allowed, master.indicators, faults)
    faults.refuse()
    return master


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row with its place (file and line) for messages."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            yield f"{path.name} {reader.line_num}行目", row


def _facts(place: str, row: dict[str, str], faults: _Faults) -> dict[str, Any]:
    """What prefectures and municipalities have in common."""
    return {
        "name": row["name"],
        "kana": row["kana"],
        "population": faults.read(f"{place} 人口", int, row["population"]),
        "population_as_of": faults.read(
            f"{place} 人口の基準日", dt.date.fromisoformat, row["population_as_of"]
        ),
        "area_km2": faults.read(f"{place} 面積", _decimal("0.01"), row["area_km2"]),
        "lat": faults.read(f"{place} 緯度", _decimal("0.0000001"), row["lat"]),
        "lng": faults.read(f"{place} 経度", _decimal("0.0000001"), row["lng"]),
    }


def _decimal(places: str) -> Callable[[str], Decimal | None]:
    """A parser of decimals as the database keeps them; empty is no figure."""
    return lambda text: Decimal(text).quantize(Decimal(places)) if text else None


def _prefectures(path: Path, faults: _Faults) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for place, row in _rows(path):
        lg_code = faults.read_code(place, row["code"], seen)
        yield {
            **_facts(place, {**row, "name": row["prefecture"]}, faults),
            "code": row["prefecture_code"],
            "lg_code": lg_code,
            "name_en": row["name_en"],
            "capital": row["capital"],
        }


def _municipalities(path: Path, prefectures: set[str], faults: _Faults) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for place, row in _rows(path):
        code = faults.read_code(place, row["code"], seen)
        if row["prefecture_code"] not in prefectures or not code.startswith(row["prefecture_code"]):
            faults.add(
                f"{place}：都道府県コード「{row['prefecture_code']}」が、団体コードと合いません。"
                "先頭の2桁を確かめてください。"
            )
        yield {
            **_facts(place, row, faults),
            "code": code,
            "prefecture_code": row["prefecture_code"],
            "kind": faults.read(f"{place} 種別", _KIND_OF_LABEL.__getitem__, row["kind"]),
        }


def _indicators(path: Path) -> list[Indicator]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    lines = yaml.safe_load((path.parent / "credits.yaml").read_text(encoding="utf-8"))["credits"]
    credit = next(item["line"] for item in lines if item["code"] == content["credit"])
    return [
        Indicator(
            code=item["code"],
            values={
                "label": item["label"],
                "category": item["category"],
                "kind": IndicatorKind(item["kind"]).value,
                "unit": item["unit"],
                "position": item["order"],
                "published_on": content["published_on"],
                "source": content["source"],
                "credit": credit,
            },
            for_municipalities="municipality" in item["levels"],
            for_prefectures="prefecture" in item["levels"],
        )
        for item in content["indicators"]
    ]


def _dx_values(
    path: Path, allowed: set[str], indicators: list[Indicator], faults: _Faults
) -> list[tuple[str, str, str, Decimal | None]]:
    """(団体コード, indicator, status, value) of each filled cell; an empty cell is no figure."""
    values: list[tuple[str, str, str, Decimal | None]] = []
    seen: set[str] = set()
    for place, row in _rows(path):
        code = faults.read_code(place, row["code"], seen)
        if code and code not in allowed:
            faults.add(f"{place}：団体コード「{code}」の団体が、一覧にありません。")
        for indicator in indicators:
            text = row.get(indicator.code, "")
            if not text:
                continue
            at = f"{place} {indicator.values['label']}"
            if indicator.values["kind"] == IndicatorKind.STATUS:
                status = faults.read(at, _STATUS_OF_LABEL.__getitem__, text)
                values.append((code, indicator.code, status, None))
            else:
                values.append((code, indicator.code, "", faults.read(at, _decimal("0.01"), text)))
    return values
