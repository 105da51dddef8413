"""CPU of a report through `render_pdf` ÷ plain WeasyPrint on the same HTML, warm, in one run.

    python bench/bench_pdf.py [--pairs 5] [--max-ratio 1.0]

Both sides alternate in this process; CPU counts Python, WeasyPrint and every child. The plain
side is `HTML(string=same).write_pdf(pdf_variant="pdf/ua-1")` with Python's usual garbage
collection, as a project without a render server would call it. `--untagged` leaves the tags
out there, although ours has them. Prints one JSON object; exits 1 when the median ratio is
over `--max-ratio`.
"""

import argparse
import datetime
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CREATED = datetime.datetime(2025, 9, 16, 10, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=9)))
TEMPLATE = "bench/report.html"


def set_up() -> None:
    """Django with the templates of this folder beside its own."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")
    import django
    from django.conf import settings

    settings.TEMPLATES[0]["DIRS"].append(ROOT / "bench" / "templates")
    django.setup()


def cpu_of_children(pid: int) -> float:
    """CPU of the render server and of the children it has collected."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(word) for word in words[11:15]) / os.sysconf("SC_CLK_TCK")


def measure(render: Callable[[], Any], server_pid: Callable[[], int | None]) -> dict[str, float]:
    """CPU and wall seconds of one render, in this process and in the render server's."""

    def cpu() -> float:
        pid = server_pid()
        return time.process_time() + (cpu_of_children(pid) if pid else 0.0)

    before, wall = cpu(), time.perf_counter()
    render()
    return {"cpu": cpu() - before, "wall": time.perf_counter() - wall}


def sides(untagged: bool) -> tuple[dict[str, Any], Callable[[], None], Callable[[], None]]:
    """What each side made last, our way, and the plain way on the very same HTML."""
    from django.template.loader import render_to_string
    from weasyprint import HTML

    from bench.report import context
    from portal.pdf import render_pdf
    from portal.pdf.fetcher import ReportFetcher

    html = render_to_string(TEMPLATE, {**context(), "created": CREATED})
    variant = {} if untagged else {"pdf_variant": "pdf/ua-1"}
    made: dict[str, Any] = {}

    def ours() -> None:
        made["ours"] = render_pdf(TEMPLATE, context(), created=CREATED)

    def plain() -> None:
        made["plain"] = HTML(string=html, base_url="asset:", url_fetcher=ReportFetcher()).write_pdf(**variant)

    return made, ours, plain


def alternate(ours: Callable[[], None], plain: Callable[[], None], pairs: int) -> dict[str, list[Any]]:
    """Both sides in turn, each first every second time, after one warm-up of each."""
    from portal.pdf.client import SERVER

    def server_pid() -> int | None:
        return SERVER.process.pid if SERVER.process else None

    ours()
    plain()
    runs: dict[str, list[Any]] = {"ours": [], "plain": []}
    for pair in range(pairs):
        turns = [("ours", ours), ("plain", plain)]
        for name, render in turns if pair % 2 else reversed(turns):
            runs[name].append(measure(render, server_pid))
    return runs


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--max-ratio", type=float)
    parser.add_argument("--untagged", action="store_true", help="leave the tags out on the plain side")
    options = parser.parse_args()
    set_up()
    made, ours, plain = sides(options.untagged)
    runs = alternate(ours, plain, options.pairs)
    ratios = [a["cpu"] / b["cpu"] for a, b in zip(runs["ours"], runs["plain"], strict=True)]
    result = {"bench": "pdf", "ratio": round(statistics.median(ratios), 3)}
    result["ratios"] = [round(ratio, 3) for ratio in ratios]
    for name, measured in runs.items():
        for unit in ("cpu", "wall"):
            result[f"{name}_{unit}_s"] = round(statistics.median(run[unit] for run in measured), 2)
    result |= {"pages": made["ours"].pages, "ours_kb": len(made["ours"].content) // 1024}
    result |= {"plain_kb": len(made["plain"]) // 1024, "plain_tagged": not options.untagged}
    result["max_ratio"] = options.max_ratio
    print(json.dumps(result))
    return 1 if options.max_ratio and result["ratio"] > options.max_ratio else 0


if __name__ == "__main__":
    sys.exit(main())
