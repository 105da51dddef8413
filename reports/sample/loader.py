"""The bundled sample: two program years with everything a screen or report can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from assessments.models import Framework, IssueScale, Question, Round
from assessments.services.frameworks import load_frameworks
from assessments.services.issue_scales import load_issue_scales
from municipalities.models import Municipality
from municipalities.services import load_master
from portal.audit import AuditCode, record
from programs.models import Partnership, Program
from reports.sample.checklists import Checklists
from reports.sample.files import PROGRAMS, read_program
from reports.sample.issue_reports import make_issue_reports
from reports.sample.issues import make_issues
from reports.sample.organisations import Organisations
from reports.sample.people import People, load_people
from reports.sample.programs import make_program
from reports.sample.progress import make_progress
from reports.sample.rounds import make_rounds
from reports.sample.staff import make_staff


class SampleRefused(Exception):
    """The sample must not be loaded here; the text says why, for the person at the terminal."""


@dataclass(frozen=True)
class ProgramLoaded:
    """One program year of the sample and whether this run made it."""

    slug: str
    regions: int
    partners: int
    made: bool


@transaction.atomic
def load_sample(*, password: str) -> list[ProgramLoaded]:
    """Load what is missing of the sample, all or nothing; what is there is left as it is.

    A program year is made whole or not at all, so whoever tried the sample keeps what was typed.
    Refused where SAMPLE_ALLOWED is off, and where a real program has a slug of the sample.
    """
    _refuse_real_place()
    _load_ground()
    missing = [slug for slug in PROGRAMS if not Program.objects.filter(slug=slug).exists()]
    contents = [read_program(slug) for slug in missing]
    people = _people(contents, password) if missing else None
    rounds = _make(contents, people) if people else {}
    make_issues()
    if people:
        make_issue_reports(rounds=rounds, people=people)
        record(AuditCode.DATA_LOADED, details={"data": "見本データ", "programs": missing})
    return [_told(slug, made=slug in missing) for slug in PROGRAMS]


def _refuse_real_place() -> None:
    if not settings.SAMPLE_ALLOWED:
        raise SampleRefused(
            "この環境では、見本データを読み込めません（本番の設定です）。手元の環境で実行してください。"
        )
    real = Program.objects.filter(slug__in=PROGRAMS, is_sample=False).values_list("slug", flat=True)
    if real:
        raise SampleRefused(
            f"識別名「{'」「'.join(sorted(real))}」の事業が、すでに登録されています。"
            "見本データの入っていないデータベースで実行してください。"
        )


def _load_ground() -> None:
    """Master data and checklists, when they are not there yet."""
    if not Municipality.objects.exists():
        load_master()
    if not Question.objects.exists():
        load_frameworks()
    if not IssueScale.objects.exists():
        load_issue_scales()


def _people(contents: list[dict[str, Any]], password: str) -> People:
    """Everybody who acts in these years, with their organisations."""
    organisations = Organisations()
    for content in contents:
        organisations.ensure_unions(content["regions"])
        organisations.ensure_vendors(content["regions"])
    rounds = [item for content in contents for item in content["rounds"]]
    return load_people(organisations=organisations, rounds=rounds, password=password)


def _make(contents: list[dict[str, Any]], people: People) -> dict[str, Round]:
    """These program years; their rounds by code."""
    make_staff(people=people, organisations=people.organisations)
    frameworks = {row.code: row for row in Framework.objects.order_by("version")}
    rounds: dict[str, Round] = {}
    for content in contents:
        rounds |= _make_program(content, people, frameworks)
    return rounds


def _make_program(
    content: dict[str, Any], people: People, frameworks: dict[str, Framework]
) -> dict[str, Round]:
    organisations = people.organisations
    program = make_program(content, organisations)
    rounds = make_rounds(
        program=program, content=content["rounds"], frameworks=frameworks, organisations=organisations
    )
    states = make_progress(
        sheets=content["progress"], rounds=rounds, organisations=organisations, people=people
    )
    checklists = Checklists(profiles=content["profiles"], frameworks=frameworks, people=people)
    for step, item in enumerate(content["rounds"]):
        checklists.make(round_=rounds[item["code"]], item=item, step=step, states=states)
    return rounds


def _told(slug: str, *, made: bool) -> ProgramLoaded:
    program = Program.objects.get(slug=slug)
    return ProgramLoaded(
        slug=slug,
        regions=program.regions.count(),
        partners=Partnership.objects.filter(region__program=program).count(),
        made=made,
    )
