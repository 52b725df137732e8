"""`rdu-opt`: run passes on IR from the command line, like `mlir-opt`.

A thin wrapper of `rdu.mlir_ext.opt.optimize`: it turns flags into `Settings`.
"""

import argparse
import sys
from pathlib import Path

from rdu.mlir_ext.observers import DumpChoice
from rdu.mlir_ext.opt import OptError, Settings, optimize
from rdu.mlir_ext.printing import PrintStyle
from rdu.support.command_line import run_tool
from rdu.support.diagnostics import ExitCode, UsageError
from rdu.support.text_files import STANDARD, read_text, write_text
from rdu.tools import rdu_opt_listing as listing
from rdu.tools.pass_flags import named_pipelines, split_pass_flags

_DESCRIPTION = "Run passes on MLIR, ours and upstream's, and print the result."
_EPILOG = """\
passes:
  every pass and named pipeline is a flag; flags run in the order in which they are given
    rdu-opt in.mlir --linalg-to-pattern --pattern-fuse --pattern-schedule="machine=pir"
    rdu-opt in.mlir --to-spatial
  or write the pipeline yourself; the part before '(' is the op that the passes run on
    rdu-opt in.mlir --pass-pipeline='builtin.module(func.func(canonicalize),pattern-fuse)'
  what there is:    rdu-opt --list-passes
  what one does:    rdu-opt --help-pass pattern-fuse

looking at what happens:
  rdu-opt in.mlir --to-rdu --mlir-print-ir-after-change -o out.mlir 2> steps.mlir
  rdu-opt in.mlir --to-rdu --mlir-timing --mlir-pass-statistics -o out.mlir

when a pass breaks:
  rdu-opt in.mlir --to-rdu --mlir-pass-pipeline-crash-reproducer=bug.mlir
  rdu-opt bug.mlir --run-reproducer

exit codes: 0 ok, 1 the IR is wrong or a pass failed, 2 the command line is wrong,
            3 it does not fit the machine, 70 internal error (a reproducer file is named)
"""

_OPTIONAL_VALUE = ("--mlir-print-ir-before", "--mlir-print-ir-after")


def main(arguments: list[str] | None = None) -> int:
    """Run the tool and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    return run_tool("rdu-opt", lambda: _run(given))


def _run(arguments: list[str]) -> int:
    parser = _parser()
    flags, passes = split_pass_flags(arguments, parser)
    given = parser.parse_args([_closed(flag) for flag in flags])
    if given.pass_pipeline is not None and passes:
        raise UsageError("'--pass-pipeline' and pass flags exclude each other", hint="use one")
    shown = listing.show(given)
    if shown is not None:
        write_text(STANDARD, shown)
        return ExitCode.OK
    text, name = read_text(given.input)
    try:
        output, code = optimize(text, _settings(given, passes), source_name=name), ExitCode.OK
    except OptError as failure:
        print(failure.render(), file=sys.stderr)
        output, code = failure.partial, failure.exit_code
    if output or code == ExitCode.OK:
        write_text(given.output, output)
    return code


def _settings(given: argparse.Namespace, passes: list[str]) -> Settings:
    every = frozenset("*")
    before = every if given.mlir_print_ir_before_all else _names(given.mlir_print_ir_before)
    after = every if given.mlir_print_ir_after_all else _names(given.mlir_print_ir_after)
    return Settings(
        pipeline=given.pass_pipeline or ",".join(passes),
        named=named_pipelines(),
        style=PrintStyle(
            generic=given.mlir_print_op_generic,
            locations=given.mlir_print_debuginfo,
            local_scope=given.mlir_print_local_scope,
            elide_elements_above=given.mlir_elide_elementsattrs_if_larger,
            elide_resources_above=given.mlir_elide_resource_strings_if_larger,
        ),
        dumps=DumpChoice(
            before,
            after,
            after_change=given.mlir_print_ir_after_change,
            after_failure=given.mlir_print_ir_after_failure,
        ),
        split=given.split_input_file,
        verify_diagnostics=given.verify_diagnostics,
        verify_roundtrip=given.verify_roundtrip,
        verify_each=given.verify_each != "false",
        allow_unregistered_dialects=given.allow_unregistered_dialect,
        timing=given.mlir_timing,
        statistics=given.mlir_pass_statistics,
        dump_pipeline=given.dump_pass_pipeline,
        reproducer=given.mlir_pass_pipeline_crash_reproducer,
        run_reproducer=given.run_reproducer,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "rdu-opt",
        usage="rdu-opt [FLAG ...] [PASS FLAG ...] [input]",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("input", nargs="?", default="-", help="file to read; '-' or nothing is stdin")
    add("-o", dest="output", default="-", metavar="FILE", help="file to write (default: stdout)")

    group = parser.add_argument_group("passes")
    add = group.add_argument
    add("--pass-pipeline", metavar="TEXT", help="'builtin.module(pass{option=value},...)'")
    add("--dump-pass-pipeline", action="store_true", help="print the pipeline on stderr")
    add("--verify-each", choices=("true", "false"), default="true", help="verify after each pass")
    add("--run-reproducer", action="store_true", help="take the pipeline from the input file")
    add(
        "--mlir-pass-pipeline-crash-reproducer",
        metavar="FILE",
        type=Path,
        help="write a reproducer before each pass; it stays if one fails",
    )

    group = parser.add_argument_group("input and checks")
    add = group.add_argument
    add("--split-input-file", action="store_true", help="split at '// -----' lines")
    add("--verify-diagnostics", action="store_true", help="compare with 'expected-...' comments")
    add("--verify-roundtrip", action="store_true", help="check that the IR prints and parses back")
    add("--allow-unregistered-dialect", action="store_true", help="accept ops of unknown dialects")

    group = parser.add_argument_group("printing")
    add = group.add_argument
    add("--mlir-print-op-generic", action="store_true", help="print ops in generic form")
    add("--mlir-print-debuginfo", action="store_true", help="print locations")
    add("--mlir-print-local-scope", action="store_true", help="print without aliases")
    add("--mlir-elide-elementsattrs-if-larger", type=int, metavar="N", help="shorten constants")
    add("--mlir-elide-resource-strings-if-larger", type=int, metavar="N", help="shorten weights")

    group = parser.add_argument_group("watching passes (on stderr)")
    add = group.add_argument
    add(
        "--mlir-print-ir-before", metavar="PASS,..", help="IR before these passes (none named: all)"
    )
    add("--mlir-print-ir-before-all", action="store_true", help="IR before every pass")
    add("--mlir-print-ir-after", metavar="PASS,..", help="IR after these passes (none named: all)")
    add("--mlir-print-ir-after-all", action="store_true", help="IR after every pass")
    add("--mlir-print-ir-after-change", action="store_true", help="IR after passes that changed it")
    add("--mlir-print-ir-after-failure", action="store_true", help="IR after a pass that failed")
    add("--mlir-timing", action="store_true", help="table of times")
    add("--mlir-pass-statistics", action="store_true", help="table of what passes counted")

    group = parser.add_argument_group("lists (print and exit)")
    add = group.add_argument
    add("--list-passes", action="store_true", help="all passes and named pipelines")
    add("--help-pass", metavar="NAME", help="what a pass does, its options and statistics")
    add("--show-dialects", action="store_true", help="all dialects")
    add("--dump-irdl", metavar="DIALECT", help="one of our dialects as IRDL, for stock mlir-opt")
    return parser


def _closed(flag: str) -> str:
    """Give a flag with an optional value an empty one, lest it swallow the file name after it."""
    return f"{flag}=" if flag in _OPTIONAL_VALUE else flag


def _names(text: str | None) -> frozenset[str]:
    if text is None:
        return frozenset()
    return frozenset(text.split(",")) if text else frozenset("*")


if __name__ == "__main__":
    sys.exit(main())
