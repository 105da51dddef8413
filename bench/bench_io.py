"""Tables in and out, each as a ratio to a floor in the same run: `python -m bench.bench_io [pairs]`.

Import: 1,741 municipalities from an XLSX file through our reader and resource, against openpyxl
with bulk_create. Export: 60,935 rows of nine columns as XLSX, against CSV of the same query.
CPU time with child processes; pairs alternate, medians are printed.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import resource
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")

COLUMNS = (
    "code", "name", "kana", "kind", "population", "population_as_of", "area_km2", "prefecture__code",
    "prefecture__name",
)  # fmt: skip
REPEAT = 35


def cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def measured(run: Callable[[], Any]) -> float:
    """CPU seconds of one run."""
    before = cpu()
    run()
    return cpu() - before


def pairs(ours: Callable[[], Any], floor: Callable[[], Any], count: int) -> list[tuple[float, float]]:
    """Alternating runs after one of each to warm up."""
    ours()
    floor()
    return [(measured(ours), measured(floor)) for _ in range(count)]


@contextmanager
def database() -> Iterator[None]:
    """A test database, destroyed at the end."""
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)


def source() -> list[dict[str, str]]:
    """The bundled municipalities."""
    from django.conf import settings

    with (settings.BASE_DIR / "municipalities" / "data" / "municipalities.csv").open(
        encoding="utf-8"
    ) as file:
        return list(csv.DictReader(file))


def make_prefectures(lines: list[dict[str, str]]) -> None:
    """One prefecture for each code in the file."""
    from tests import factories as f

    for code in sorted({line["prefecture_code"] for line in lines}):
        f.PrefectureFactory(code=code)


class Import:
    """The same file in, two ways; each in a transaction that is rolled back."""

    def __init__(self, lines: list[dict[str, str]]) -> None:
        from municipalities.resources import MunicipalityResource
        from portal.spreadsheets import Sheet, write_xlsx
        from tests import factories as f
        from tests.conftest import actor_for

        self.actor = actor_for(f.OrganisationFactory(kind="operator"))
        rows = [
            [
                line["code"], line["name"], line["kana"],
                line["kind"],
                int(line["population"]), dt.date.fromisoformat(line["population_as_of"]),
                Decimal(line["area_km2"]),
            ]
            for line in lines
        ]  # fmt: skip
        self.file = io.BytesIO()
        header = [column.label for column in MunicipalityResource(self.actor).columns]
        write_xlsx(self.file, sheets=[Sheet("市区町村", header, rows)])

    def ours(self, keep: bool = False) -> None:
        """Reader, preview's load, checks, bulk write."""
        from django.db import transaction

        from municipalities.resources import MunicipalityResource
        from portal.spreadsheets import read_table

        with transaction.atomic():
            resource_ = MunicipalityResource(self.actor)
            table = read_table(self.file, name="市区町村", columns=resource_.columns)
            resource_.load(table, lock=True)
            plan = resource_.apply(table)
            assert table.ok, table.errors[:3]
            assert plan.count("new") == 1741, plan.count("new")
            transaction.set_rollback(not keep)

    def floor(self) -> None:
        """openpyxl and bulk_create, nothing checked."""
        from django.db import transaction
        from openpyxl import load_workbook

        from municipalities.models import Municipality, Prefecture
        from portal.models import Organisation

        with transaction.atomic():
            self.file.seek(0)
            sheet = load_workbook(self.file, read_only=True, data_only=True).active
            prefectures = {p.code: p for p in Prefecture.objects.select_related("organisation")}
            rows = list(sheet.iter_rows(min_row=2, values_only=True))
            organisations = Organisation.objects.bulk_create(
                [
                    Organisation(
                        kind="municipality", name=row[1], parent=prefectures[row[0][:2]].organisation
                    )
                    for row in rows
                ]
            )
            Municipality.objects.bulk_create(
                [
                    Municipality(
                        code=row[0], name=row[1], kana=row[2], kind="city", population=row[4],
                        population_as_of=row[5].date(), area_km2=row[6], organisation=organisation,
                        prefecture=prefectures[row[0][:2]],
                    )
                    for row, organisation in zip(rows, organisations, strict=True)
                ]
            )  # fmt: skip
            transaction.set_rollback(True)


def export_rows() -> Iterator[tuple[Any, ...]]:
    """60,935 rows, the query 35 times over."""
    from municipalities.models import Municipality

    for _ in range(REPEAT):
        yield from Municipality.objects.values_list(*COLUMNS).iterator(chunk_size=2_000)


def as_xlsx() -> None:
    """All rows as a workbook."""
    from portal.spreadsheets import Sheet, write_xlsx

    write_xlsx(io.BytesIO(), sheets=[Sheet("一覧", COLUMNS, export_rows())])


def as_csv() -> None:
    """All rows as plain CSV without our escaping: the floor."""
    writer = csv.writer(io.TextIOWrapper(io.BytesIO(), encoding="utf-8-sig", newline=""))
    writer.writerow(COLUMNS)
    writer.writerows(export_rows())


def as_our_csv() -> None:
    """All rows as our CSV."""
    from portal.spreadsheets import write_csv

    write_csv(io.BytesIO(), header=COLUMNS, rows=export_rows())


def tell(what: str, rows: int, found: list[tuple[float, float]], limit: float) -> bool:
    """One line: medians, rows a second, ratio of the medians; whether the ratio holds."""
    ours = statistics.median(pair[0] for pair in found)
    floor = statistics.median(pair[1] for pair in found)
    held = ours / floor <= limit
    print(
        f"{what}: {ours:.3f} s ({rows / ours:,.0f} rows/s) against {floor:.3f} s, "
        f"ratio {ours / floor:.2f}, at most {limit:.2f}: {'ok' if held else 'MISSED'}"
    )
    return held


def main() -> int:
    """Print the ratios; 1 when one misses its target."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with database():
        from django.db import connection

        print(f"tables on {connection.vendor}, {count} pairs, CPU seconds")
        lines = source()
        make_prefectures(lines)
        table = Import(lines)
        what = "import of 1,741 rows ÷ openpyxl + bulk_create"
        held = [tell(what, 1741, pairs(table.ours, table.floor, count), 2)]
        table.ours(keep=True)
        rows = 1741 * REPEAT
        held.append(tell(f"XLSX of {rows:,} rows ÷ our CSV", rows, pairs(as_xlsx, as_our_csv, count), 1.5))
        held.append(tell(f"XLSX of {rows:,} rows ÷ bare CSV", rows, pairs(as_xlsx, as_csv, count), 4))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"peak memory {peak} MB, at most 150: {'ok' if peak <= 150 else 'MISSED'}")
        held.append(peak <= 150)
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
