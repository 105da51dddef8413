"""Applications: taking in files of a call, whole or not at all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from portal.audit import AuditCode, record
from portal.errors import PortalError
from programs.calls.choices import ApplicationSection
from programs.calls.importing import rows, tree
from programs.calls.importing.faults import Fault, FileRefused, refuse
from programs.calls.importing.form import ApplicationFile, read_form
from programs.calls.importing.names import Names, find_prefecture
from programs.core.models import Program

#: The lists of an application file in the order of the form, with the words for them.
LISTS = {
    "partner_municipalities": "連携市町村",
    "challenges": "課題",
    "requested_support": "求める伴走支援",
    "roles": "役割分担",
    "receiving_setup": "受入体制",
    "resident_requests": "常駐の希望",
    "follow_up_plans": "支援後の展開",
    "kpis_or_targets": "目標・指標",
}


@dataclass(frozen=True)
class Imported:
    """What one file came to."""

    file: str
    read: ApplicationFile
    created: bool
    changed: bool
    region_status: str
    unlinked: list[str]

    def counts(self) -> dict[str, int]:
        """The number of entries of each list of the file, as its keys are called."""
        return {key: len(getattr(self.read, key)) for key in LISTS}


def find_program(slug: str) -> Program:
    """The program of that slug; PortalError names the ones there are."""
    found = Program.objects.filter(slug=slug).first()
    if found:
        return found
    known = "、".join(Program.objects.values_list("slug", flat=True)) or "登録なし"
    raise PortalError(f"事業「{slug}」はありません（登録されている識別名：{known}）。")


def import_application(
    *, path: Path, program: Program, dry_run: bool = False, seen: set[str] | None = None
) -> Imported:
    """Take in one application file in one transaction; FileRefused leaves everything as it was.

    `seen` holds the prefectures already taken in by the same run: a second
    file of one would replace the first without a word.
    """
    content = tree.read_bytes(path)
    read = read_form(tree.compose(content))
    source = (path.name[:255], hashlib.sha256(content).hexdigest())
    with transaction.atomic():
        # One import of a program at a time: concurrent ones wait here.
        program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
        done = _take_in(path=path, read=read, program=program, source=source, seen=seen or set())
        if done.changed:
            details = {"data": "希望する伴走支援", "file": path.name, "sha256": source[1], **done.counts()}
            record(
                AuditCode.DATA_LOADED,
                obj=program,
                concerns=find_prefecture(read.prefecture).organisation,
                details=details,
            )
        transaction.set_rollback(dry_run)
    if seen is not None:
        seen.add(read.prefecture)
    return done


def _take_in(
    *, path: Path, read: ApplicationFile, program: Program, source: tuple[str, str], seen: set[str]
) -> Imported:
    prefecture = find_prefecture(read.prefecture)
    if read.prefecture in seen:
        raise refuse(
            "application.prefecture",
            f"「{read.prefecture}」のファイルが2つ以上あります。",
            "1つの都道府県につき1つだけ指定してください。",
        )
    names = Names(prefecture)
    faults: list[Fault] = []
    partners = names.partners(read.partner_municipalities, faults)
    if faults:
        raise FileRefused(faults)
    changes = rows.Changes()
    region = rows.save_region(program=program, read=read, names=names)
    rows.save_partners(region=region, partners=partners, changes=changes)
    rows.save_promotion_bodies(region=region, read=read, changes=changes)
    _, created = rows.save_application(region=region, read=read, names=names, source=source, changes=changes)
    return Imported(
        file=str(path),
        read=read,
        created=created,
        changed=bool(changes),
        region_status=region.get_status_display(),
        unlinked=_unlinked(read, names),
    )


def _unlinked(read: ApplicationFile, names: Names) -> list[str]:
    """Labels that mean no single organisation, kept as written; once each, in order."""
    labels = [line.organisation for section in ApplicationSection for line in read.lines(section)]
    labels += [wish.organisation for wish in read.resident_requests]
    return list(dict.fromkeys(label for label in labels if names.label(label) is None))
