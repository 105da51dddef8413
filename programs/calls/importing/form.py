"""What an application file looks like, as one table, and the rows it is read into."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import yaml

from programs.calls.choices import ApplicationSection
from programs.calls.importing.faults import Fault, FileRefused
from programs.calls.importing.kinds import Flag, Group, Kind, ListOf, Number, Text


@dataclass(frozen=True)
class Line:
    """One entry of a section; what the section does not have stays empty."""

    organisation: str
    text: str = ""
    heading: str | None = None
    category: str | None = None
    department: str | None = None
    fiscal_year: str | None = None
    duties: list[str] = field(default_factory=list)


def _quoted(organisation: str, quote: str) -> Line:
    return Line(organisation=organisation, text=quote)


@dataclass(frozen=True)
class Wish:
    """One entry of `resident_requests`."""

    organisation: str
    headcount_min: int | None
    headcount_max: int | None
    days_per_week_min: Decimal | None
    days_per_week_max: Decimal | None
    mode: str | None
    quote: str


@dataclass(frozen=True)
class ApplicationFile:
    """A whole application as read; nothing of it has been looked up yet."""

    prefecture: str
    partner_municipalities: list[str]
    appendix: str | None
    promotion_body: str | None
    promotion_body_note: str | None
    previously_selected: bool | None
    previously_selected_evidence: str | None
    challenges: list[Line]
    requested_support: list[Line]
    roles: list[Line]
    receiving_setup: list[Line]
    resident_requests: list[Wish]
    follow_up_plans: list[Line]
    kpis_or_targets: list[Line]
    contact: str | None

    def lines(self, section: ApplicationSection) -> list[Line]:
        """The entries of one section, in the order of the file."""
        return getattr(self, section.value)


BODY = 20_000
WHO = Text(limit=200)


def _section(make: type | None = None, **keys: Kind) -> ListOf:
    return ListOf(of=Group(keys={"organisation": WHO, **keys}, make=make or Line))


#: The form. A key that may be missing or null is optional; any other key is refused.
FORM = Group(
    keys={
        "appendix": Text(optional=True, limit=20),
        "prefecture": Text(limit=50),
        "partner_municipalities": ListOf(of=Text(limit=100), least=1),
        "promotion_body": Text(optional=True, limit=200),
        "promotion_body_note": Text(optional=True, limit=BODY),
        "previously_selected": Flag(optional=True),
        "previously_selected_evidence": Text(optional=True, limit=BODY),
        "challenges": _section(heading=Text(optional=True, limit=300), text=Text(limit=BODY)),
        "requested_support": _section(
            category=Text(limit=100), heading=Text(optional=True, limit=300), text=Text(limit=BODY)
        ),
        "roles": _section(
            department=Text(optional=True, limit=300), duties=ListOf(of=Text(limit=BODY), least=1)
        ),
        "receiving_setup": _section(text=Text(limit=BODY)),
        "resident_requests": _section(
            Wish,
            headcount_min=Number(optional=True),
            headcount_max=Number(optional=True),
            days_per_week_min=Number(optional=True, most=7, places=1),
            days_per_week_max=Number(optional=True, most=7, places=1),
            mode=Text(optional=True, limit=50),
            quote=Text(limit=BODY),
        ),
        "follow_up_plans": _section(fiscal_year=Text(optional=True, limit=50), text=Text(limit=BODY)),
        "kpis_or_targets": ListOf(
            of=Group(keys={"organisation": WHO, "quote": Text(limit=BODY)}, make=_quoted)
        ),
        "contact": Group(
            optional=True,
            keys={"department": Text(optional=True, limit=200)},
            make=lambda department: department,
        ),
    },
    make=ApplicationFile,
)
ROOT = Group(keys={"application": FORM}, make=lambda application: application)


def read_form(node: yaml.Node) -> ApplicationFile:
    """The application in a tree; FileRefused with every fault when the form is not kept."""
    faults: list[Fault] = []
    read = ROOT.read(node, "", faults)
    if read is not None:
        _check_partners(read, faults)
        _check_ranges(read, faults)
    if faults:
        raise FileRefused([_without_dot(fault) for fault in faults])
    return read


def _without_dot(fault: Fault) -> Fault:
    """Places start at `application`, not at the nameless root."""
    return Fault(fault.place.removeprefix(".") or "ファイル全体", fault.rule, fault.remedy, fault.line)


def _check_partners(read: ApplicationFile, faults: list[Fault]) -> None:
    names = read.partner_municipalities
    for index, name in enumerate(names):
        if name in names[:index]:
            place = f"application.partner_municipalities[{index}]"
            faults.append(Fault(place, f"「{name}」が2回以上あります。", "1つにしてください。"))


def _check_ranges(read: ApplicationFile, faults: list[Fault]) -> None:
    for index, wish in enumerate(read.resident_requests):
        for name in ("headcount", "days_per_week"):
            least, most = getattr(wish, f"{name}_min"), getattr(wish, f"{name}_max")
            if least is not None and most is not None and least > most:
                place = f"application.resident_requests[{index}].{name}_max"
                rule = f"上限（{most}）が下限（{least}）より小さくなっています。"
                faults.append(Fault(place, rule, "上限を下限以上にしてください。"))
