"""`rdu-translate`: between our dialects and the files of other programs."""

import argparse
import sys

from rdu.codegen import module_of, program_of
from rdu.configuration import ConfigurationError, check, parse, print_program
from rdu.frontends.sparse.graphs import read_dot, read_tortilla, write_dot, write_tortilla
from rdu.frontends.sparse.graphs.declarations import ELEMENTS, parse_shapes
from rdu.mlir_ext import ir
from rdu.mlir_ext.context import make_context
from rdu.mlir_ext.context import parse as parse_module
from rdu.mlir_ext.printing import PrintStyle, print_operation
from rdu.support.command_line import run_tool
from rdu.support.diagnostics import Collector, ExitCode, RduError, UsageError
from rdu.support.text_files import read_bytes, read_text, write_bytes, write_text
from rdu.targets import load_machine

_DESCRIPTION = """\
Translate a module of rdu ops to a configuration, or a configuration back; a module of sam ops to a
graph of SAM's or Comal's tools, or such a graph back.
"""
_EPILOG = """\
what a lowered model is in text, ready for rdu-sim:
  rdu-opt mlp.mlir --to-rdu --mlir-print-debuginfo | rdu-translate --rdu-to-configuration

a hand-written configuration, placed and routed:
  rdu-translate --configuration-to-rdu gemm.rdu --mlir-print-debuginfo | rdu-opt \\
    --rdu-partition --rdu-place --rdu-route --mlir-print-debuginfo | \\
    rdu-translate --rdu-to-configuration

a graph of SAM's compiler, which does not tell the shapes of its tensors, for Comal:
  rdu-translate --sam-dot-to-mlir matmul.gv --shapes B=64x48,C=48x32 | \\
    rdu-translate --mlir-to-tortilla -o matmul.bin

exit codes: 0 ok, 1 the input is wrong, 2 the command line is wrong, 70 internal error
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the tool and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    return run_tool("rdu-translate", lambda: _run(_parser().parse_args(given)))


def _run(given: argparse.Namespace) -> int:
    style = PrintStyle(locations=given.mlir_print_debuginfo)
    if given.tortilla_to_mlir:
        data, name = read_bytes(given.input)
        module = read_tortilla(data, name, shapes=_shapes(given.shapes), element=given.element)
        write_text(given.output, print_operation(module, style) + "\n")
        return ExitCode.OK
    text, name = read_text(given.input)
    if given.mlir_to_tortilla:
        write_bytes(given.output, write_tortilla(_parsed(text, name)))
        return ExitCode.OK
    if given.rdu_to_configuration:
        output = _to_configuration(text, name, given.machine)
    elif given.sam_dot_to_mlir:
        module = read_dot(text, name, shapes=_shapes(given.shapes), element=given.element)
        output = print_operation(module, style) + "\n"
    elif given.mlir_to_sam_dot:
        output = write_dot(_parsed(text, name))
    else:
        output = _to_rdu(text, name, style)
    write_text(given.output, output)
    return ExitCode.OK


def _parsed(text: str, name: str) -> ir.OpView:
    return parse_module(text, make_context(), source_name=name)


def _shapes(text: str) -> dict[str, tuple[int, ...]]:
    problems = Collector()
    shapes = parse_shapes(text, None, problems)
    try:
        problems.check()
    except RduError as failure:
        raise UsageError(f"--shapes: {failure.diagnostics[0].message}") from None
    return shapes


def _to_configuration(text: str, name: str, machine_name: str) -> str:
    machine = load_machine(machine_name)
    return print_program(program_of(_parsed(text, name), machine.name, machine.hash))


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
    add("--shapes", default="", metavar="B=4x5,c=5", help="extents of tensors, for files without")
    add("--element", choices=ELEMENTS, help="type of values (default: the file's, or f32)")
    direction = parser.add_mutually_exclusive_group(required=True)
    add = direction.add_argument
    add("--rdu-to-configuration", action="store_true", help="from IR to a configuration")
    add("--configuration-to-rdu", action="store_true", help="from a configuration to IR")
    add("--sam-dot-to-mlir", action="store_true", help="from a dot graph of SAM to IR")
    add("--mlir-to-sam-dot", action="store_true", help="from IR to a dot graph of SAM")
    add("--tortilla-to-mlir", action="store_true", help="from a graph of Comal to IR")
    add("--mlir-to-tortilla", action="store_true", help="from IR to a graph of Comal")
    return parser


if __name__ == "__main__":
    sys.exit(main())
