"""Writing one application: rows that stay the same keep their identity, others are replaced in place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from portal import clock
from portal.models import Organisation
from programs.calls.choices import ApplicationSection
from programs.calls.importing.form import ApplicationFile
from programs.calls.importing.names import Names, plain
from programs.calls.models import Application, ApplicationDuty, ApplicationItem, ResidentRequest
from programs.core.choices import RegionStatus
from programs.core.models import Partnership, Program, PromotionBody, Region

M = models.Model


@dataclass
class Changes:
    """How many rows an import added, changed and removed."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def sync(existing: Iterable[M], wanted: dict[Any, M], key: tuple[str, ...], changes: Changes) -> dict[Any, M]:
    """Make the stored rows equal to the wanted ones by key; return the stored rows by key.

    Equal rows are not written, so a second import of the same file changes nothing.
    """
    stored = {tuple(getattr(row, name) for name in key): row for row in existing}
    surplus = [row for place, row in stored.items() if place not in wanted]
    for row in surplus:
        row.delete()
    changes.removed += len(surplus)
    for place, row in wanted.items():
        old = stored.get(place)
        if old is None:
            row.save(force_insert=True)
            changes.added += 1
            stored[place] = row
        elif _take_over(old, row):
            old.save()
            changes.changed += 1
    return {place: stored[place] for place in wanted}


def _take_over(old: M, new: M) -> bool:
    """Copy all values but the key from new to old; whether anything was different."""
    different = False
    for field in new._meta.concrete_fields:
        value = getattr(new, field.attname)
        if not field.primary_key and getattr(old, field.attname) != value:
            setattr(old, field.attname, value)
            different = True
    return different


def save_region(*, program: Program, read: ApplicationFile, names: Names) -> Region:
    """The region of the file: made as candidate when new; its status is never changed."""
    region, created = Region.objects.get_or_create(
        program=program,
        prefecture=names.prefecture,
        defaults={"previously_selected": read.previously_selected},
    )
    told = read.previously_selected
    open_question = region.status == RegionStatus.CANDIDATE or region.previously_selected is None
    if not created and open_question and told is not None and told != region.previously_selected:
        region.previously_selected = told
        region.save(update_fields=["previously_selected"])
    return region


def save_partners(*, region: Region, partners: list[Organisation], changes: Changes) -> None:
    """The partners of the file; a partner the file no longer names leaves only a candidate without plan."""
    stored = {row.organisation_id: row for row in region.partnerships.select_related("plan")}
    if region.status == RegionStatus.CANDIDATE:
        named = {organisation.pk for organisation in partners}
        for organisation_id, row in list(stored.items()):
            if organisation_id not in named and not hasattr(row, "plan"):
                row.delete()
                changes.removed += 1
    first = 1 + max((row.position for row in stored.values()), default=0)
    new = [organisation for organisation in partners if organisation.pk not in stored]
    Partnership.objects.bulk_create(
        Partnership(region=region, organisation=organisation, position=position)
        for position, organisation in enumerate(new, start=first)
    )
    changes.added += len(new)


def save_promotion_bodies(*, region: Region, read: ApplicationFile, changes: Changes) -> None:
    """The bodies the file names (several are divided by 、); those of an adopted region are never removed."""
    names = [name.strip() for name in (read.promotion_body or "").split("、") if name.strip()]
    note = read.promotion_body_note or ""
    wanted: dict[Any, M] = {(name,): PromotionBody(region=region, name=name, note=note) for name in names}
    stored = list(region.promotion_bodies.all())
    if region.status != RegionStatus.CANDIDATE:
        known = {plain(row.name) for row in stored}
        wanted = {place: row for place, row in wanted.items() if plain(place[0]) not in known}
        stored = []
    sync(stored, wanted, ("name",), changes)


def save_application(
    *, region: Region, read: ApplicationFile, names: Names, source: tuple[str, str], changes: Changes
) -> tuple[Application, bool]:
    """The application with all its lines; whether it is new. `source` is file name and fingerprint."""
    facts = {
        "appendix": read.appendix or "",
        "previously_selected_evidence": read.previously_selected_evidence or "",
        "contact_department": read.contact or "",
        "source_name": source[0],
        "source_sha256": source[1],
    }
    application, created = Application.objects.get_or_create(
        region=region, defaults={**facts, "imported_at": clock.now()}
    )
    changes.added += created
    if any(getattr(application, name) != value for name, value in facts.items()):
        for name, value in facts.items():
            setattr(application, name, value)
        application.imported_at = clock.now()
        application.save()
        changes.changed += 1
    _save_items(application, read, names, changes)
    _save_wishes(application, read, names, changes)
    return application, created


def _save_items(application: Application, read: ApplicationFile, names: Names, changes: Changes) -> None:
    wanted: dict[Any, M] = {}
    duties: dict[Any, list[str]] = {}
    for section in ApplicationSection:
        for position, line in enumerate(read.lines(section), start=1):
            place = (section.value, position)
            duties[place] = line.duties
            wanted[place] = ApplicationItem(
                application=application,
                section=section.value,
                position=position,
                organisation_label=line.organisation,
                organisation=names.label(line.organisation),
                category=line.category or "",
                heading=line.heading or "",
                department=line.department or "",
                fiscal_year_label=line.fiscal_year or "",
                text=line.text,
            )
    items = sync(application.items.all(), wanted, ("section", "position"), changes)
    wanted_duties: dict[Any, M] = {
        (items[place].pk, position): ApplicationDuty(item_id=items[place].pk, position=position, text=text)
        for place, texts in duties.items()
        for position, text in enumerate(texts, start=1)
    }
    stored = ApplicationDuty.objects.filter(item__application=application)
    sync(stored, wanted_duties, ("item_id", "position"), changes)


def _save_wishes(application: Application, read: ApplicationFile, names: Names, changes: Changes) -> None:
    wanted: dict[Any, M] = {
        (position,): ResidentRequest(
            application=application,
            position=position,
            organisation_label=wish.organisation,
            organisation=names.label(wish.organisation),
            headcount_min=wish.headcount_min,
            headcount_max=wish.headcount_max,
            days_per_week_min=wish.days_per_week_min,
            days_per_week_max=wish.days_per_week_max,
            mode=wish.mode or "",
            quote=wish.quote,
        )
        for position, wish in enumerate(read.resident_requests, start=1)
    }
    sync(application.resident_requests.all(), wanted, ("position",), changes)
