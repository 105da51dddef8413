"""Small readers of YAML nodes: each says what may stand there and names place, rule and remedy if not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from programs.calls.importing.faults import Fault
from programs.calls.importing.tree import duplicates

#: What no text field can keep: control characters but tab and newline, half surrogates, non-characters.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TYPES = {
    "str": "文字列",
    "int": "整数",
    "float": "小数",
    "bool": "真偽値（true・false）",
    "null": "空（null）",
    "timestamp": "日付",
    "seq": "一覧",
    "map": "項目の組",
}
NULL = "tag:yaml.org,2002:null"


def type_of(node: yaml.Node) -> str:
    """The Japanese name of what a node is."""
    return _TYPES.get(node.tag.rsplit(":", 1)[-1], "別の型")


def _tag(node: yaml.Node) -> str:
    return node.tag.rsplit(":", 1)[-1]


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1


@dataclass
class Kind:
    """What may stand at a place; `optional` allows null and a missing key."""

    optional: bool = False

    def read(self, node: yaml.Node, place: str, faults: list[Fault]) -> Any:
        """The value; on a fault None, with the fault added."""
        if node.tag == NULL and isinstance(node, yaml.ScalarNode):
            if not self.optional:
                faults.append(
                    Fault(place, "空（null）にはできません。", "内容を書いてください。", _line(node))
                )
            return None
        return self.value(node, place, faults)

    def value(self, node: yaml.Node, place: str, faults: list[Fault]) -> Any:
        """The value of a node that is not null."""
        raise NotImplementedError

    def wrong_type(self, node: yaml.Node, place: str, wanted: str, remedy: str, faults: list[Fault]) -> None:
        """Add the fault of a node of another type."""
        rule = f"{wanted}を書くところに、{type_of(node)}があります。"
        faults.append(Fault(place, rule, remedy, _line(node)))


@dataclass
class Text(Kind):
    """A text of at most `limit` characters, not blank."""

    limit: int = 200

    def value(self, node: yaml.Node, place: str, faults: list[Fault]) -> str | None:
        if _tag(node) != "str":
            remedy = '「"」で囲んで文字列にしてください。'
            if not isinstance(node, yaml.ScalarNode):
                remedy = "文字列を1つだけ書いてください。"
            self.wrong_type(node, place, "文字列", remedy, faults)
            return None
        text = node.value.replace("\r\n", "\n").strip()
        rules = [
            (not text and not self.optional, "文字がありません。", "内容を書いてください。"),
            (
                len(text) > self.limit,
                f"{self.limit:,}文字を超えています（現在{len(text):,}文字）。",
                f"{self.limit:,}文字以内にしてください。",
            ),
            (
                bool(_UNWRITABLE.search(text)),
                "保存できない制御文字があります。",
                "見えない文字を消してください。",
            ),
        ]
        found = [Fault(place, rule, remedy, _line(node)) for wrong, rule, remedy in rules if wrong]
        faults.extend(found)
        return None if found else text


@dataclass
class Number(Kind):
    """A number from 0 to `most` with at most `places` decimal places (0 or 1)."""

    most: int = 999
    places: int = 0

    def value(self, node: yaml.Node, place: str, faults: list[Fault]) -> Decimal | int | None:
        wanted = "小数第1位までの数" if self.places else "整数"
        remedy = f"引用符を付けずに、0から{self.most}までの{wanted}を半角で書いてください。"
        if _tag(node) not in ("int", "float") or (_tag(node) == "float" and not self.places):
            self.wrong_type(node, place, wanted, remedy, faults)
            return None
        try:
            number = Decimal(node.value)
        except InvalidOperation:  # 0x10, 1_000, .inf: numbers to YAML, not to people
            number = Decimal("NaN")
        if not number.is_finite() or not 0 <= number <= self.most or number != round(number, self.places):
            faults.append(Fault(place, f"「{node.value}」は使えません。", remedy, _line(node)))
            return None
        return number if self.places else int(number)


@dataclass
class Flag(Kind):
    """true or false."""

    def value(self, node: yaml.Node, place: str, faults: list[Fault]) -> bool | None:
        if _tag(node) != "bool":
            self.wrong_type(node, place, "真偽値", "true・false・null のどれかを書いてください。", faults)
            return None
        return node.value.lower() in ("true", "yes", "on")


@dataclass
class ListOf(Kind):
    """A list of one kind of thing, from `least` to `most` entries."""

    of: Kind = field(default_factory=Text)
    least: int = 0
    most: int = 500

    def value(self, node: yaml.Node, place: str, faults: list[Fault]) -> list | None:
        if not isinstance(node, yaml.SequenceNode):
            remedy = "「- 」で始まる一覧にしてください。記載がないときは [] と書きます。"
            self.wrong_type(node, place, "一覧", remedy, faults)
            return None
        count = len(node.value)
        if count < self.least:
            faults.append(Fault(place, "一覧が空です。", f"{self.least}つ以上書いてください。", _line(node)))
        if count > self.most:
            rule = f"{self.most}件を超えています（現在{count}件）。"
            faults.append(Fault(place, rule, f"{self.most}件以内にしてください。", _line(node)))
            return None
        return [self.of.read(item, f"{place}[{index}]", faults) for index, item in enumerate(node.value)]


@dataclass
class Group(Kind):
    """A mapping with known keys, made into a row by `make` when nothing is wrong in it."""

    keys: dict[str, Kind] = field(default_factory=dict)
    make: Callable[..., Any] = dict

    def value(self, node: yaml.Node, place: str, faults: list[Fault]) -> Any:
        if not isinstance(node, yaml.MappingNode):
            remedy = f"「{next(iter(self.keys))}: 」で始まる項目の組にしてください。"
            self.wrong_type(node, place, "項目の組", remedy, faults)
            return None
        before = len(faults)
        values = self._values(node, place, faults)
        return self.make(**values) if len(faults) == before else None

    def _values(self, node: yaml.MappingNode, place: str, faults: list[Fault]) -> dict[str, Any]:
        for key in duplicates(node):
            rule = f"項目「{key}」が2回以上あります。"
            faults.append(Fault(f"{place}.{key}", rule, "1つにしてください。", _line(node)))
        found = {str(key.value): (key, value) for key, value in node.value}
        for name in found.keys() - self.keys.keys():
            near = difflib.get_close_matches(name, self.keys, n=1)
            remedy = (
                f"「{near[0]}」の誤りではないか確かめてください。" if near else "この項目を消してください。"
            )
            faults.append(Fault(f"{place}.{name}", "様式にない項目です。", remedy, _line(found[name][0])))
        values: dict[str, Any] = {}
        for name, kind in self.keys.items():
            if name in found:
                values[name] = kind.read(found[name][1], f"{place}.{name}", faults)
            elif kind.optional:
                values[name] = None
            else:
                remedy = f"「{name}: 」を加えてください。"
                faults.append(Fault(f"{place}.{name}", "項目がありません。", remedy, _line(node)))
        return values
