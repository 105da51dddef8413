"""The sample's data files, read once and joined."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import yaml

from portal.clock import JAPAN

DATA = Path(__file__).parent / "data"
PROGRAMS = ("r6", "r7")


def read(name: str) -> Any:
    """One data file."""
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


def read_program(slug: str) -> dict[str, Any]:
    """One program year with its regions, rounds, postings, profiles and progress sheets in place."""
    program: dict[str, Any] = read(f"program_{slug}.yaml")
    for part in ("regions", "rounds", "postings", "profiles"):
        content = read(program[part])
        program[part] = content["profiles" if part == "profiles" else _key(content)]
    program["progress"] = [read(name) for name in program["progress"]]
    return program


def _key(content: dict[str, Any]) -> str:
    return "rounds" if "rounds" in content else "regions"


def chance(*parts: str) -> float:
    """A number in [0, 1) that belongs to these words; the same on every machine."""
    digest = hashlib.sha256("|".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def at(day: dt.date, *parts: str) -> dt.datetime:
    """A moment in office hours of that day in Japan, the same for the same words."""
    minutes = int(chance("at", *parts) * 8 * 60)
    return dt.datetime.combine(day, dt.time(9, 0), JAPAN) + dt.timedelta(minutes=minutes)
