"""`rdu-compare`: what changed from one run to another, and where the difference comes from."""

from __future__ import annotations

import argparse
import sys

from rdu.report.comparison import compare
from rdu.report.report import SHOWN, Report
from rdu.report.saved import read_report
from rdu.support.command_line import run_tool
from rdu.support.diagnostics import ExitCode
from rdu.support.text_files import STANDARD, read_text, write_text

_DESCRIPTION = "Compare two reports that rdu-sim wrote with --json."
_EPILOG = """\
what deeper FIFOs bring, cycle by cycle:
  rdu-sim a.rdu --random-inputs 0 --critical-path --json old.json --quiet
  rdu-sim b.rdu --random-inputs 0 --critical-path --json new.json --quiet
  rdu-compare old.json new.json

exit codes: 0 ok, 1 a file is no report, 2 the command line is wrong, 70 internal error
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the tool and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    return run_tool("rdu-compare", lambda: _run(_parser().parse_args(given)))


def _run(given: argparse.Namespace) -> int:
    old, new = (read_report(*read_text(path)) for path in (given.old, given.new))
    report = Report(compare(old, new, given.top or None))
    if given.json is not None:
        write_text(given.json, report.to_json())
    if given.json != STANDARD:
        write_text(STANDARD, str(report))
    return ExitCode.OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "rdu-compare",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("old", help="report of the one run; '-' is stdin")
    add("new", help="report of the other")
    add(
        "--json", metavar="FILE", help="write the comparison as JSON, too; '-' is stdout, only that"
    )
    add("--top", type=int, default=SHOWN, metavar="N", help="rows of a long table shown; 0: all")
    return parser


if __name__ == "__main__":
    sys.exit(main())
