"""The credit lines of the bundled data, by code."""

from functools import cache

import yaml

from municipalities.bundled import DATA


@cache
def all_credits() -> list[dict[str, str]]:
    """Every bundled source: code, title, the line to show, what was done to the data."""
    content = yaml.safe_load((DATA / "credits.yaml").read_text(encoding="utf-8"))
    return list(content["credits"])


def credit_line(code: str) -> str:
    """The line to show beside this data."""
    return next(item["line"] for item in all_credits() if item["code"] == code)
