"""`python -m bench`: every measurement, each a ratio inside one run; exits 1 when one misses its target."""

import runpy
import sys

MEASUREMENTS = ("bench.bench_pdf", "bench.bench_io", "bench.bench_handover")


def main() -> int:
    """Run all measurements one after the other, never side by side."""
    chosen = [name for name in MEASUREMENTS if not sys.argv[1:] or name.rsplit("_", 1)[1] in sys.argv[1:]]
    missed = []
    for name in chosen:
        sys.argv = [name]
        try:
            runpy.run_module(name, run_name="__main__")
        except SystemExit as end:
            if end.code:
                missed.append(name)
    if missed:
        print("missed:", ", ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
