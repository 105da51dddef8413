"""Applications in the form of a call, in the tests' own words."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from municipalities.models import Prefecture
from tests import factories as f


class Plain(yaml.SafeDumper):
    """Writes repeated values out instead of as aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def application(prefecture: str, towns: list[str], **changes: Any) -> dict[str, Any]:
    """A whole application with something in every list; `changes` replace or (None with DROP) remove keys."""
    first = towns[0]
    form: dict[str, Any] = {
        "appendix": "1-8",
        "prefecture": prefecture,
        "partner_municipalities": towns,
        "promotion_body": "推進協議会、研究会",
        "promotion_body_note": None,
        "previously_selected": None,
        "previously_selected_evidence": None,
        "challenges": [
            {"organisation": prefecture, "heading": None, "text": "職員が足りない。\n二行目。"},
            {"organisation": first, "heading": "防災", "text": "連絡に時間がかかる。"},
        ],
        "requested_support": [
            {"category": "体制構築支援", "organisation": "3町村", "heading": None, "text": "助言がほしい。"}
        ],
        "roles": [
            {"organisation": prefecture, "department": "DX課", "duties": ["全体を進める。", "調整する。"]},
            {"organisation": first, "department": None, "duties": ["現場で試す。"]},
        ],
        "receiving_setup": [{"organisation": first, "text": "席を用意する。"}],
        "resident_requests": [
            {
                "organisation": first,
                "headcount_min": 1,
                "headcount_max": 2,
                "days_per_week_min": 1,
                "days_per_week_max": 2.5,
                "mode": "現地",
                "quote": "週1日から2日半。",
            }
        ],
        "follow_up_plans": [{"organisation": prefecture, "fiscal_year": "令和8年度", "text": "広げる。"}],
        "kpis_or_targets": [{"organisation": "国", "quote": "全団体で実施する。"}],
        "contact": {"department": "DX課"},
    }
    form.update(deepcopy(changes))
    return {"application": form}


def write(path: Path, content: Any) -> Path:
    """The file at that path holding this content as YAML."""
    path.write_text(yaml.dump(content, Dumper=Plain, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def prefecture_with(*names: str, name: str = "甲県") -> Prefecture:
    """A prefecture with towns of these names."""
    prefecture = f.PrefectureFactory(name=name)
    for town in names:
        f.MunicipalityFactory(prefecture=prefecture, name=town)
    return prefecture
