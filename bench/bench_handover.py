"""The yearly change of staff at 1,741 offices, against a floor: `python -m bench.bench_handover [pairs]`.

Ours: the file of 1,741 rows through reader, lookups, checks, memberships, invitations, jobs and the
trail. Floor: openpyxl with one `bulk_create` of bare invitations. CPU time with child processes; pairs
alternate, medians are printed. Then, once each, in seconds: the whole job as a runner runs it, and the
day itself (all successors registered, every liaison moved, every office closed).
"""

from __future__ import annotations

import io
import os
import statistics
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")

OFFICES = 1741
TARGET = 5.0


class Change:
    """One prefecture with 1,741 towns, an officer each, and the file of their successors."""

    def __init__(self) -> None:
        from bench.bench_io import source
        from portal.people.resources import HandoverResource
        from portal.spreadsheets import Sheet, write_xlsx
        from tests import factories as f
        from tests.conftest import actor_for

        prefecture = f.PrefectureFactory()
        self.actor = actor_for(prefecture.organisation)
        self.officers = [
            actor_for(
                f.MunicipalityFactory(
                    prefecture=prefecture, code=line["code"], name=line["code"]
                ).organisation
            )
            for line in source()
        ]
        header = [column.label for column in HandoverResource(self.actor).columns]
        self.file = io.BytesIO()
        write_xlsx(
            self.file, sheets=[Sheet("引継ぎ", header, [self._row(*one) for one in enumerate(self.officers)])]
        )

    @staticmethod
    def _row(number, officer):
        code = officer.organisation.municipality.code
        successor = [f"後任 {number}", f"next{number}@example.jp"]
        return [code, officer.user.email, *successor, "入力担当", "総務課", "0123-45-6789", "2026/4/1"]

    def ours(self) -> None:
        """Everything the job does, rolled back."""
        from django.db import transaction

        from portal.people.resources import HandoverResource
        from portal.spreadsheets import read_table

        with transaction.atomic():
            resource = HandoverResource(self.actor)
            table = read_table(self.file, name="引継ぎ", columns=resource.columns)
            resource.load(table, lock=True)
            plan = resource.apply(table)
            assert table.ok, table.errors[:3]
            assert plan.count("new") == OFFICES
            transaction.set_rollback(True)

    def floor(self) -> None:
        """openpyxl and one bulk_create, nothing checked."""
        import datetime as dt

        from django.db import transaction
        from openpyxl import load_workbook

        from portal import clock
        from portal.models import Invitation, Organisation

        with transaction.atomic():
            offices = {
                row.municipality.code: row.pk
                for row in Organisation.objects.filter(kind="municipality").select_related("municipality")
            }
            rows = load_workbook(self.file, read_only=True).active.iter_rows(min_row=2, values_only=True)
            Invitation.objects.bulk_create(
                [
                    Invitation(
                        organisation_id=offices[row[0]], role="municipality", duty="editor",
                        name=row[2], email=row[3], valid_from=dt.date(2026, 4, 1),
                        invited_by=self.actor.user, membership=self.actor.membership,
                        invited_at=clock.now(), expires_at=clock.now(),
                    )
                    for row in rows
                ],
                batch_size=500,
            )  # fmt: skip
            transaction.set_rollback(True)

    def whole(self) -> dict[str, float]:
        """Seconds of the preview job, the job that applies it, and the day it takes effect."""
        from portal.imports import imports
        from portal.imports.services import confirm_import, start_import
        from portal.jobs import run_job

        times = {}
        self.file.seek(0)
        run = start_import(
            kind=imports.get("handovers"), params={}, upload=self.file, name="引継ぎ.xlsx",
            content_type="application/octet-stream", by=self.actor,
        )  # fmt: skip
        started = time.perf_counter()
        run_job(run.job_id)
        times["preview"] = time.perf_counter() - started
        run.refresh_from_db()
        assert run.state == "previewed", run.preview.get("errors", run.preview)[:3]
        run = confirm_import(run=run, seen=run.fingerprint, by=self.actor)
        started = time.perf_counter()
        run_job(run.job_id)
        times["apply"] = time.perf_counter() - started
        times["the day"] = self._day()
        return times

    def _day(self) -> float:
        from django.conf import settings

        from portal.models import Handover, Membership, User
        from portal.people.handover import close_due
        from programs.models import LiaisonAssignment

        rows = list(Handover.objects.select_related("organisation"))
        assert len(rows) == OFFICES
        User.objects.bulk_create(User(name=row.successor_name, email=row.successor_email) for row in rows)
        users = {user.email: user for user in User.objects.all()}
        for row in rows:
            row.successor = Membership(
                user=users[row.successor_email], organisation=row.organisation, role="municipality",
                duty=row.duty, valid_from=row.effective_on,
            )  # fmt: skip
        Membership.objects.bulk_create([row.successor for row in rows])
        for row in rows:
            row.successor = row.successor
        Handover.objects.bulk_update(rows, ["successor"], batch_size=500)
        LiaisonAssignment.objects.bulk_create(
            LiaisonAssignment(
                organisation=row.organisation,
                person_id=row.person_id,
                field="community",
                valid_from="2025-04-01",
            )
            for row in rows[:40]
        )
        settings.PORTAL_TODAY = "2026-04-01"
        started = time.perf_counter()
        assert close_due() == OFFICES
        spent = time.perf_counter() - started
        assert (
            not Membership.objects.active(rows[0].effective_on)
            .filter(pk__in=[officer.membership.pk for officer in self.officers])
            .exists()
        )
        return spent


def main(pairs: int) -> int:
    """Measure and print."""
    from bench.bench_io import database
    from bench.bench_io import pairs as measure

    with database():
        change = Change()
        found = measure(change.ours, change.floor, pairs)
        ours, floor = (statistics.median(values) for values in zip(*found, strict=True))
        ratio = ours / floor
        print(
            f"hand-over of {OFFICES} offices: {ours:.2f} s CPU, floor {floor:.2f} s, "
            f"ratio {ratio:.1f} (≤ {TARGET:.0f})"
        )
        for name, seconds in change.whole().items():
            print(f"  {name}: {seconds:.2f} s")
    return int(ratio > TARGET)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 3))
