"""The last day of a round: 300 offices type and save at once. `python -m bench.bench_drafts [sqlite]`.

Production as it runs (gunicorn with the image's options, PostgreSQL of its own) answers 300 clients, each
with a session of its own over HTTP. Each fills in three sections: six texts kept while typing, two saves,
the second save of all 300 in the same moment. Then every text that was acknowledged is looked for, and
the audit trail is walked. Latency is told as a ratio to empty views that the same clients ask for in
between, in the same rhythm: one open to all, one for people who are signed in.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.service import WORKERS, environment, gunicorn, postgres, prepare

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "300"))
TODAY = "2025-09-30"
#: No database is measured longer, in seconds.
LONGEST = 900
#: p95 of what a person does ÷ p95 of the empty view for people who are signed in.
TARGETS = {"keeping a text": 8.0, "saving": 10.0, "saves at once": 10.0}


def main() -> int:
    """Each database in a process of its own; 1 when a text is lost or a ratio is missed."""
    _end_properly()
    missed = 0
    for kind in sys.argv[1:] or ["postgres", "sqlite"]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if kind == "postgres":
                with postgres() as url:
                    missed += _measured_on(url, folder)
            else:
                missed += _measured_on(f"sqlite:///{folder}/portal.sqlite3", folder)
    return int(missed > 0)


def _end_properly() -> None:
    """Whoever is asked to end ends what it has started."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def _measured_on(url: str, folder: Path) -> int:
    env = environment(url, folder, TODAY)
    prepare(env)
    command = [sys.executable, "-c", "from bench.bench_drafts import measure; raise SystemExit(measure())"]
    process = subprocess.Popen(command, env=env)
    try:
        return process.wait(timeout=LONGEST)
    except BaseException:
        process.terminate()
        process.wait(timeout=30)
        raise


def measure() -> int:
    """The last day on the database of the environment."""
    import django

    _end_properly()
    django.setup()
    from django.db import connection

    from bench.last_day import Day, make_office

    print(f"last day on {connection.vendor}: {PEOPLE} offices, {WORKERS} gunicorn workers", flush=True)
    people = make_office(PEOPLE, TODAY)
    connection.close()
    folder = Path(os.environ["BENCH_FOLDER"])
    with gunicorn(folder) as port:
        day = Day(port, people)
        started = time.monotonic()
        day.run()
        spent = time.monotonic() - started
    counts = {name: len(values) for name, values in day.seconds.items()}
    print(f"  {sum(counts.values())} requests in {spent:.0f} s, refused or broken: {len(day.refused)}")
    for line in day.refused[:5]:
        print(f"    {line}")
    held = [not day.refused, _told("texts acknowledged and not found", day.lost()), _trail(day)]
    return int(not all(held + _latency(day.seconds)))


def _told(what: str, rows: list[str]) -> bool:
    print(f"  {what}: {len(rows)}{'' if not rows else ' MISSED ' + '; '.join(rows[:3])}")
    return not rows


def _trail(day) -> bool:
    from portal.models import AuditEntry

    entries = AuditEntry.objects.filter(code="form.saved").count()
    walked = subprocess.run(
        [sys.executable, "manage.py", "verify_audit"], capture_output=True, text=True, check=False
    )
    held = walked.returncode == 0 and entries == day.saves
    print(f"  saves acknowledged {day.saves}, in the trail {entries}; {walked.stdout.strip()}")
    return held


def percentile(values: list[float], part: int) -> float:
    """The value that so many per cent do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[part - 1]


def _latency(seconds: dict[str, list[float]]) -> list[bool]:
    """Print each kind with its ratios; whether the targets hold."""
    ms: Callable[[float], str] = lambda value: f"{value * 1000:.0f}"  # noqa: E731
    held = []
    for name, values in seconds.items():
        p50, p95 = percentile(values, 50), percentile(values, 95)
        line = f"  {name}: {len(values)} × p50 {ms(p50)} ms, p95 {ms(p95)} ms"
        if name in TARGETS:
            at_once = " at once" if name.endswith("at once") else ""
            floors = [seconds[f"{kind} view{at_once}"] for kind in ("signed-in", "open")]
            ratios = [(p50 / percentile(one, 50), p95 / percentile(one, 95)) for one in floors]
            held.append(ratios[0][1] <= TARGETS[name])
            line += f"; ÷ signed-in {ratios[0][0]:.1f}, {ratios[0][1]:.1f} (p95 ≤ {TARGETS[name]:.0f})"
            line += f"; ÷ open {ratios[1][0]:.1f}, {ratios[1][1]:.1f}: {'ok' if held[-1] else 'MISSED'}"
        print(line)
    return held


if __name__ == "__main__":
    sys.exit(main())
