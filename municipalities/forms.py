"""Filter boxes of the municipality pages."""

from __future__ import annotations

import unicodedata
from typing import Any, cast

from django import forms
from django.db.models import Q

from municipalities.choices import MunicipalityKind
from municipalities.models import MunicipalityQuerySet, Prefecture
from portal.actor import Actor
from portal.ui import forms as ui

#: Population bands: code, label, from (included), to (excluded).
BANDS = (
    ("0-5k", "5,000人未満", 0, 5_000),
    ("5k-10k", "5,000人以上1万人未満", 5_000, 10_000),
    ("10k-30k", "1万人以上3万人未満", 10_000, 30_000),
    ("30k-50k", "3万人以上5万人未満", 30_000, 50_000),
    ("50k-100k", "5万人以上10万人未満", 50_000, 100_000),
    ("100k-300k", "10万人以上30万人未満", 100_000, 300_000),
    ("300k-", "30万人以上", 300_000, None),
)
EVERY = ("", "すべて")
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") - 1)}


def hiragana(text: str) -> str:
    """Katakana, also of half width, as hiragana."""
    return unicodedata.normalize("NFKC", text).translate(_TO_HIRAGANA)


class MunicipalityFilter(ui.PortalFilterForm):
    """Name, kana or code; kind; prefecture; population band."""

    q = ui.CharField(label="名称・かな・コード")
    prefecture = forms.ChoiceField(label="都道府県")
    kind = forms.ChoiceField(label="種別", choices=[EVERY, *MunicipalityKind.choices])
    population = forms.ChoiceField(
        label="人口", choices=[EVERY, *((code, label) for code, label, _, _ in BANDS)]
    )

    def __init__(self, *args: Any, actor: Actor | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Prefecture.objects.for_user(actor).values_list("code", "name")
        field = cast(forms.ChoiceField, self.fields["prefecture"])
        field.choices = [EVERY, *rows]

    def apply(self, rows: MunicipalityQuerySet) -> MunicipalityQuerySet:
        """The municipalities that meet every condition given."""
        for word in (self.value("q") or "").split():
            rows = rows.filter(matches(word))
        if kind := self.value("kind"):
            rows = rows.filter(kind=kind)
        if code := self.value("prefecture"):
            rows = rows.filter(prefecture__code=code)
        band = next((band for band in BANDS if band[0] == self.value("population")), None)
        if band:
            rows = rows.filter(population__gte=band[2])
            rows = rows.filter(population__lt=band[3]) if band[3] else rows
        return rows


def matches(word: str) -> Q:
    """Whether a word stands in the name (ケ and ヶ alike), in the kana, or begins the code."""
    plain = unicodedata.normalize("NFKC", word)
    if plain.isdigit():
        return Q(code__startswith=plain)
    names = Q(name__contains=plain) | Q(kana__contains=hiragana(plain))
    for one, other in (("ケ", "ヶ"), ("ヶ", "ケ")):
        if one in plain:
            names |= Q(name__contains=plain.replace(one, other))
    return names


#: Sort keys of the list: key, column, words for ascending and descending.
ORDERS = {
    "code": ("code", "団体コード順", "団体コードの逆順"),
    "name": ("kana", "五十音順", "五十音の逆順"),
    "population": ("population", "人口の少ない順", "人口の多い順"),
    "area": ("area_km2", "面積の小さい順", "面積の大きい順"),
}


def ordered(rows: Any, sort: str | None) -> tuple[Any, str]:
    """The rows in the order asked for (an unknown one is the default), and that order in words."""
    key = (sort or "code").removeprefix("-")
    if key not in ORDERS:
        key, sort = "code", "code"
    down = bool(sort and sort.startswith("-"))
    column, rising, falling = ORDERS[key]
    return rows.order_by(f"-{column}" if down else column, "code"), falling if down else rising
