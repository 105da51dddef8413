"""What is wrong with a file: where, which rule, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One fault: its place (like `application.roles[3].duties`), the rule, the remedy, in Japanese."""

    place: str
    rule: str
    remedy: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"{self.place}（{self.line}行目）" if self.line else self.place
        return f"{where}：{self.rule}{self.remedy}"


class FileRefused(Exception):
    """A file is refused whole; it carries every fault found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def refuse(place: str, rule: str, remedy: str, line: int | None = None) -> FileRefused:
    """The refusal for a single fault, ready to be raised."""
    return FileRefused([Fault(place, rule, remedy, line)])
