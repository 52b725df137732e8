"""`rdu-translate`: between the rdu dialect and the text of a configuration."""

import argparse
import sys

from rdu.codegen import module_of, program_of
from rdu.configuration import ConfigurationError, check, parse, print_program
from rdu.mlir_ext.context import make_context
from rdu.mlir_ext.context import parse as parse_module
from rdu.mlir_ext.printing import PrintStyle, print_operation
from rdu.support.command_line import run_tool
from rdu.support.diagnostics import ExitCode
from rdu.support.text_files import read_text, write_text
from rdu.targets import load_machine

_DESCRIPTION = "Translate a module of rdu ops to a configuration, or a configuration back."
_EPILOG = """\
what a lowered model is in text, ready for rdu-sim:
  rdu-opt mlp.mlir --to-rdu --mlir-print-debuginfo | rdu-translate --rdu-to-configuration

a hand-written configuration, placed and routed:
  rdu-translate --configuration-to-rdu gemm.rdu --mlir-print-debuginfo | rdu-opt \\
    --rdu-partition --rdu-place --rdu-route --mlir-print-debuginfo | \\
    rdu-translate --rdu-to-configuration

exit codes: 0 ok, 1 the input is wrong, 2 the command line is wrong, 70 internal error
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the tool and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    return run_tool("rdu-translate", lambda: _run(_parser().parse_args(given)))


def _run(given: argparse.Namespace) -> int:
    text, name = read_text(given.input)
    if given.rdu_to_configuration:
        output = _to_configuration(text, name, given.machine)
    else:
        style = PrintStyle(locations=given.mlir_print_debuginfo)
        output = _to_rdu(text, name, style)
    write_text(given.output, output)
    return ExitCode.OK


def _to_configuration(text: str, name: str, machine_name: str) -> str:
    machine = load_machine(machine_name)
    module = parse_module(text, make_context(), source_name=name)
    return print_program(program_of(module, machine.name, machine.hash))


def _to_rdu(text: str, name: str, style: PrintStyle) -> str:
    program = parse(text, name)
    try:
        check(program, load_machine(program.machine))
    except ConfigurationError as failure:
        if failure.exit_code is not ExitCode.DOES_NOT_FIT:
            raise
    return print_operation(module_of(program, make_context()), style) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "rdu-translate",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("input", nargs="?", default="-", help="file to read; '-' or nothing is stdin")
    add("-o", dest="output", default="-", metavar="FILE", help="file to write (default: stdout)")
    add("--machine", default="plasticine", help="machine that the configuration is for")
    add("--mlir-print-debuginfo", action="store_true", help="print locations in IR")
    direction = parser.add_mutually_exclusive_group(required=True)
    add = direction.add_argument
    add("--rdu-to-configuration", action="store_true", help="from IR to a configuration")
    add("--configuration-to-rdu", action="store_true", help="from a configuration to IR")
    return parser


if __name__ == "__main__":
    sys.exit(main())
