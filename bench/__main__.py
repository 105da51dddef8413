"""`python -m bench`: every measurement, each a ratio inside one run; exits 1 when one misses its target."""

import subprocess
import sys

MEASUREMENTS = ("bench.bench_pdf", "bench.bench_io", "bench.bench_handover", "bench.bench_drafts")


def main() -> int:
    """Run all measurements one after the other, never side by side, each in a process of its own."""
    chosen = [name for name in MEASUREMENTS if not sys.argv[1:] or name.rsplit("_", 1)[1] in sys.argv[1:]]
    missed = [
        name for name in chosen if subprocess.run([sys.executable, "-m", name], check=False).returncode != 0
    ]
    if missed:
        print("missed:", ", ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
