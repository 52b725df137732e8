"""Run every check of the project, one after another, and say at the end which failed.

`tools/check` sets up the environment and calls this. A failing check does not stop the others.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NATIVE = sorted(
    str(path.relative_to(ROOT))
    for path in (ROOT / "native").rglob("*")
    if path.suffix in (".hpp", ".cpp")
)


@dataclass(frozen=True, slots=True)
class Check:
    """A named command; a `long` one takes minutes and runs only when asked for."""

    name: str
    command: tuple[str, ...]
    long: bool = False


def checks(*, long: bool, jobs: int) -> tuple[Check, ...]:
    """Return every check in the order of running; `long` adds the tests marked so."""
    marks = ("-m", "") if long else ()
    return (
        Check("ruff check", (f"{BIN}/ruff", "check", ".")),
        Check("ruff format", (f"{BIN}/ruff", "format", "--check", ".")),
        Check("basedpyright", (f"{BIN}/basedpyright",)),
        Check("lint-imports", (f"{BIN}/lint-imports", "--no-logo")),
        Check("clang-format", (f"{BIN}/clang-format", "--dry-run", "--Werror", *NATIVE)),
        Check("generated files", (sys.executable, "tools/generate.py", "--check")),
        Check("lit", (f"{BIN}/lit", "-q", "-j", str(jobs), "test/lit")),
        Check("pytest", (f"{BIN}/pytest", "-n", str(jobs), "--dist", "worksteal", *marks)),
        Check("fuzz", (sys.executable, "test/fuzz/texts", "--jobs", str(jobs)), long=True),
    )


def run(check: Check) -> bool:
    """Run one check with its output shown; return whether it passed."""
    print(f"== {check.name}", flush=True)
    start = time.monotonic()
    status = subprocess.run(check.command, cwd=ROOT, check=False).returncode
    took = time.monotonic() - start
    print(f"== {check.name}: {'ok' if status == 0 else 'FAILED'} in {took:.1f} s\n", flush=True)
    return status == 0


def main() -> int:
    """Run the checks that the command line asks for; return the exit code."""
    every = [check.name for check in checks(long=False, jobs=1)]
    parser = argparse.ArgumentParser(prog="tools/check", description="Run the project's checks.")
    parser.add_argument("--long", action="store_true", help="also run what takes minutes")
    parser.add_argument(
        "--only",
        metavar="CHECK",
        action="append",
        choices=every,
        help=f"one of: {', '.join(every)}",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="parallel tests")
    options = parser.parse_args()
    failed: list[str] = []
    passed = 0
    for check in checks(long=options.long, jobs=options.jobs):
        chosen = check.name in options.only if options.only else options.long or not check.long
        if not chosen:
            continue
        if run(check):
            passed += 1
        else:
            failed.append(check.name)
    summary = f"check: {passed} passed, {len(failed)} failed"
    print(f"{summary}: {', '.join(failed)}" if failed else summary)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
