"""The sample's progress reports with their past, and the prefectures' part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assessments.choices import FormState
from assessments.models import (
    PrefectureSupport,
    ProgressReport,
    ProgressStatusChange,
    ProgressSubmission,
    Round,
)
from assessments.models.sections import sections_for
from assessments.services.forms import next_receipt
from assessments.services.progress import unchanged_sections
from assessments.services.sections import words_of
from portal.models import Organisation
from reports.sample.comments import make_comments
from reports.sample.files import at
from reports.sample.history import Receipts, Step
from reports.sample.organisations import Organisations
from reports.sample.people import People

#: The state of each organisation's report in a round ("none" where nothing was begun).
States = dict[tuple[str, int], str]


def make_progress(
    *,
    sheets: list[dict[str, Any]],
    rounds: dict[str, Round],
    organisations: Organisations,
    people: People,
) -> States:
    """All progress reports of a program; answers with the state of each organisation in each round."""
    states: States = {}
    for sheet in sheets:
        round_ = rounds[sheet["round"]]
        entries = list(_entries(sheet, organisations))
        receipts = Receipts(next_receipt(ProgressSubmission, round_.program))
        started = [(org, item) for org, item in entries if item["state"] != "none"]
        reports = ProgressReport.objects.bulk_create(
            _report(round_, organisation, item, people) for organisation, item in started
        )
        for report, (organisation, item) in zip(reports, started, strict=True):
            _past(report, organisation, item, people, receipts)
        _supports(round_, entries)
        states |= {(sheet["round"], organisation.pk): item["state"] for organisation, item in entries}
    return states


def _entries(
    sheet: dict[str, Any], organisations: Organisations
) -> Iterator[tuple[Organisation, dict[str, Any]]]:
    """Each organisation of a sheet with what it reports, the prefecture first."""
    yield organisations[sheet["prefecture"]["code"]], sheet["prefecture"]
    for item in sheet["reports"]:
        yield organisations[item.get("code") or item["union"]], item


def _report(
    round_: Round, organisation: Organisation, item: dict[str, Any], people: People
) -> ProgressReport:
    steps = _steps(round_, organisation, item, people)
    last = steps[-1].at if steps else at(item.get("started_on", round_.opens_on), str(organisation.pk))
    reviewed = item["state"] in (FormState.ACCEPTED, FormState.RETURNED, FormState.CORRECTING)
    return ProgressReport(
        round=round_,
        organisation=organisation,
        state=item["state"],
        version=2 + len(steps),
        returned_sections=item.get("return_sections", []),
        opened_at=last if reviewed else None,
        updated_at=last,
        **_values(organisation, item),
    )


def _values(organisation: Organisation, item: dict[str, Any]) -> dict[str, Any]:
    """Column → what the sheet says; what it leaves out is empty."""
    names = [name for section in sections_for(organisation.kind) for name in section.fields]
    return {name: item[name] for name in names if name in item}


def _steps(round_: Round, organisation: Organisation, item: dict[str, Any], people: People) -> list[Step]:
    """The moves that lead to the state of the sheet, in order."""
    officer, reviewer = people.officer(organisation), people.reviewer(organisation)
    key = str(organisation.pk)
    steps = []
    if "requested_on" in item:
        when = at(item["requested_on"], key)
        steps.append(Step("request_sign_off", FormState.DRAFT, FormState.WAITING, officer, when))
    if "submitted_on" in item:
        when = at(item["submitted_on"], key)
        steps.append(Step("submit", FormState.DRAFT, FormState.SUBMITTED, officer, when))
    if "accepted_on" in item:
        when = at(item["accepted_on"], key)
        steps.append(Step("accept", FormState.SUBMITTED, FormState.ACCEPTED, reviewer, when))
    if "corrected_on" in item:
        when, why = at(item["corrected_on"], key), item["correction_reason"]
        steps.append(Step("correct", FormState.ACCEPTED, FormState.CORRECTING, officer, when, why))
    if "returned_on" in item:
        when, why = at(item["returned_on"], key), item["return_reason"]
        steps.append(Step("return", FormState.SUBMITTED, FormState.RETURNED, reviewer, when, why))
    return steps


def _past(
    report: ProgressReport,
    organisation: Organisation,
    item: dict[str, Any],
    people: People,
    receipts: Receipts,
) -> None:
    """History and snapshot of one report."""
    steps = _steps(report.round, organisation, item, people)
    returned = item.get("return_sections", [])
    ProgressStatusChange.objects.bulk_create(
        ProgressStatusChange(
            report=report, sections=returned if step.action == "return" else [], **step.columns()
        )
        for step in steps
    )
    for step in steps:
        if step.action != "submit":
            continue
        submission = ProgressSubmission.objects.create(
            report=report,
            number=1,
            receipt=receipts.draw(),
            content={
                "organisation": organisation.full_name,
                "round": report.round.title,
                "version": 3,
                "sections": words_of(report),
                "values": _values(organisation, item),
                "skipped": {},
                "unchanged": unchanged_sections(report),
                "attachments": [],
            },
            by=step.by.user,
            at=step.at,
        )
        if "accepted_on" in item:
            ProgressReport.objects.filter(pk=report.pk).update(accepted=submission)
    make_comments(report, item.get("comments", []), people)


def _supports(round_: Round, entries: list[tuple[Organisation, dict[str, Any]]]) -> None:
    PrefectureSupport.objects.bulk_create(
        PrefectureSupport(
            round=round_,
            organisation=organisation,
            text=item["prefecture_support"],
            updated_at=at(item.get("submitted_on", round_.opens_on), "support", str(organisation.pk)),
        )
        for organisation, item in entries
        if "prefecture_support" in item
    )
