"""`rdu-sparse`: notation, graphs and sparse files to a configuration, or to a checked run."""

from __future__ import annotations

import argparse
import sys
from typing import Any, Literal

from rdu.support.command_line import run_tool
from rdu.support.diagnostics import ExitCode, UsageError
from rdu.support.text_files import STANDARD, write_text
from rdu.tools.arguments import tolerance, whole
from rdu.tools.sparse_inputs import read_program
from rdu.tools.sparse_modules import dissolve, reshaped, result_names

STAGES = ("linalg", "sam", "configuration")

_DESCRIPTION = """\
Compile tensor index notation, or a graph of another tool, on sparse tensors, and run it on the
simulated fabric.
"""
_EPILOG = """\
a sparse matrix product, to the text of a configuration:
  rdu-sparse 'X(i,j) = B(i,k) * C(k,j)' --tensor B=b.mtx --tensor C=c.mtx --order ikj -o x.rdu

run it, compare with dense arithmetic, keep the result:
  rdu-sparse 'X(i,j) = B(i,k) * C(k,j)' --tensor B=b.mtx --tensor C=c.mtx --run --result x.mtx

on made-up data, 5 % of 100 x 100, in other formats; the graph rather than the configuration:
  rdu-sparse 'x(i) = B(i,j) * c(j)' --random B=100x100:0.05 --random c=100 \\
      --format B=csr --emit sam

a graph of SAM's compiler, on a tensor of SciPy's; graphs of Comal (.bin) and modules (.mlir), too:
  rdu-sparse spmv.gv --tensor B=b.npz --random c=100 --run

expressions and formats are those of docs/tensor-notation.md. A sparse file without a format has all
levels compressed, but CSR, CSC and BSR of SciPy stay so; an array has none.

exit codes: 0 ok, 1 the expression or a tensor is wrong, 2 the command line is wrong,
            3 it does not fit the machine, 4 it deadlocks, 5 the result is not as expected,
            70 internal error
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the tool and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    return run_tool("rdu-sparse", lambda: _run(_parser().parse_args(given)))


def _run(given: argparse.Namespace) -> int:
    from rdu.configuration import print_program
    from rdu.frontends.sparse.files import check_output
    from rdu.mlir_ext.driver import run_pass, run_pipeline
    from rdu.mlir_ext.pipeline import parse_pipeline
    from rdu.pipelines import TO_STRUCTURED, ordered_to_sam
    from rdu.sparse import compile_graph, target_of, vectorize
    from rdu.transforms.sam.parallelize import Parallelize
    from rdu.transforms.sam.skip import Skip

    if given.result and not given.run:
        raise UsageError("'--result' needs a run: expected '--run' besides")
    if given.chunk is not None and given.parallel < 2:
        raise UsageError("'--chunk' is of copies: expected '--parallel' of 2 or more besides")
    if given.result:
        check_output(given.result)
    program, operands = read_program(given)
    module = program.module
    meaning = program.meaning or module
    expected = meaning.operation.clone().opview if given.run else None
    if given.emit == "linalg" and not given.run:
        if program.level != "linalg":
            raise UsageError(f"'{given.program}' is a graph: expected '--emit sam' or below")
        write_text(given.output, f"{module}")
        return ExitCode.OK
    bound = operands
    if program.level == "linalg":
        run_pipeline(module, parse_pipeline(TO_STRUCTURED, module.context))
        bound = dissolve(module, operands)
        converted = ordered_to_sam(given.fusion or "auto", target_of(given.machine, given.lanes))
        run_pipeline(module, parse_pipeline(converted, module.context))
    if given.skip:
        run_pass(module, Skip)
    vectorize(module, given.lanes, given.machine)
    if given.parallel > 1:
        run_pass(module, Parallelize, factor=given.parallel, chunk=given.chunk or 1)
    if given.emit == "sam" and not given.run:
        write_text(given.output, f"{module}")
        return ExitCode.OK
    artifact = compile_graph(
        module,
        bound,
        machine=given.machine,
        fifo_depth=given.fifo_depth,
        capacity=given.capacity,
        residency=given.residency,
        extent=given.extent,
    )
    if not given.run:
        write_text(given.output, print_program(artifact.program))
        return ExitCode.OK
    return _simulate(artifact, result_names(module), expected, operands, given)


def _simulate(
    artifact: Any, names: list[str], module: Any, operands: Any, given: argparse.Namespace
) -> int:
    """Run, report, and compare with the interpreter on dense arrays."""
    from rdu.frontends.sparse.files import check_output, save_tensor
    from rdu.mlir_ext.functions import defined_functions
    from rdu.report import make_report
    from rdu.runtime import check_errors, max_relative_error
    from rdu.tools.sparse_reference import references
    from rdu.transforms.conversion.circuits.tensors import returned

    (function,) = defined_functions(module)
    shapes = [tuple(value.type.shape) for value in returned(function)]
    if given.result and len(shapes) > 1:
        raise UsageError(f"'--result' is for one result: '{given.program}' has {len(shapes)}")
    if given.result:
        check_output(given.result, len(shapes[0]))
    tensors, result = artifact.run_all(given.engine)
    found = [reshaped(tensors[name], shape) for name, shape in zip(names, shapes, strict=True)]
    if given.result:
        save_tensor(given.result, found[0])
    actual = [tensor.to_dense() for tensor in found]
    expected = references(module, operands, actual)
    pairs = zip(expected.items(), actual, strict=True)
    errors = {name: max_relative_error(own, array) for (name, array), own in pairs}
    report = make_report(
        artifact.program, artifact.machine, result, max_relative_error=max(errors.values())
    )
    write_text(given.output, str(report))
    check_errors(errors, given.tolerance)
    return ExitCode.OK


def _named(text: str) -> tuple[str, str]:
    """Read NAME=VALUE; raises ArgumentTypeError."""
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, got '{text}'")
    return name, value


def _made_up(text: str) -> tuple[str, tuple[tuple[int, ...], float | None]]:
    """Read NAME=SHAPE or NAME=SHAPE:DENSITY, `B=100x100:0.05`; raises ArgumentTypeError."""
    name, value = _named(text)
    shape, colon, density = value.partition(":")
    try:
        extents = tuple(int(extent) for extent in shape.split("x"))
        share = float(density) if colon else None
    except ValueError:
        extents, share = (), None
    if not extents or min(extents) < 1 or not 0 <= (0 if share is None else share) <= 1:
        raise argparse.ArgumentTypeError(f"expected NAME=4x5 or NAME=4x5:0.1, got '{text}'")
    return name, (extents, share)


def _depth(text: str) -> int | Literal["auto", "inf"]:
    """Read a FIFO depth: a number, `auto` or `inf`; raises ArgumentTypeError."""
    if text in ("auto", "inf"):
        return text
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, auto or inf, got '{text}'")
    return int(text)


def _lanes(text: str) -> int | Literal["auto"]:
    """Read a number of lanes, or `auto`; raises ArgumentTypeError."""
    if text == "auto":
        return "auto"
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, or auto, got '{text}'")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    from rdu.runtime import TOLERANCE
    from rdu.semantics.sparse.parallel import MOST_COPIES
    from rdu.targets import machine_names

    parser = argparse.ArgumentParser(
        prog="rdu-sparse",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "program",
        metavar="expression",
        help="statements in tensor index notation, a file of them, or a .gv, .bin or .mlir file",
    )
    add(
        "--tensor",
        type=_named,
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="an operand, from a .mtx, .tns, .npz (SciPy) or .npy file or a folder of SAM's tools",
    )
    add(
        "--random",
        type=_made_up,
        action="append",
        default=[],
        metavar="NAME=SHAPE[:DENSITY]",
        help="a made-up operand of small whole numbers, an array without a density",
    )
    add("--seed", type=whole(0, 2**63 - 1), default=0, help="of made-up operands")
    add(
        "--format",
        type=_named,
        action="append",
        default=[],
        metavar="NAME=FORMAT",
        help="how a tensor is stored: ss, ds:1,0, csr, ...; results and intermediates, too",
    )
    add("--function", metavar="NAME", help="which function of a module, if there are several")
    add("--order", help="the loops, outermost first; chosen by expected cost if not given")
    add(
        "--dtype", choices=("f32", "i32"), help="of all elements; that of the operands if not given"
    )
    add(
        "--fusion",
        choices=("none", "auto", "full"),
        help="which intermediates are computed where they are read (default: auto)",
    )
    add("--skip", action="store_true", help="intersections tell lookups where to go on")
    add(
        "--lanes",
        type=_lanes,
        default=1,
        metavar="N|auto",
        help="values computed at once along dense levels, at most; auto for a unit's lanes",
    )
    add(
        "--parallel",
        type=whole(1, MOST_COPIES),
        default=1,
        metavar="N",
        help="copies that share the outermost level, at most",
    )
    add(
        "--chunk",
        type=whole(1),
        metavar="N",
        help="coordinates that a copy gets in turn (default: 1)",
    )
    add(
        "--machine",
        default="sam-ideal",
        help=f"one of {', '.join(machine_names())}, or a .toml file",
    )
    add(
        "--fifo-depth",
        type=_depth,
        default=None,
        metavar="N|auto|inf",
        help="places of each channel; auto sizes them by runs",
    )
    add(
        "--capacity",
        type=whole(0),
        nargs="+",
        default=(),
        metavar="N",
        help="positions for the result at each level, then its values; enough for all if not given",
    )
    add(
        "--residency",
        choices=("auto", "scratchpad", "dram"),
        default="auto",
        help="where levels and values are: on scratchpads, or in DRAM if these do not hold them, "
        "never, or wherever they can be",
    )
    add(
        "--extent",
        type=int,
        metavar="N",
        help="coordinates of the result's outermost level that are accumulated at a time; as many "
        "as a scratchpad holds if not given",
    )
    add("--emit", choices=STAGES, default="configuration", help="the level that is written")
    add("--run", action="store_true", help="run, compare with dense arithmetic, and report instead")
    add("--result", metavar="FILE", help="where the result goes, as .mtx or .tns")
    add("--engine", choices=("native", "python"), default="native", help="the simulator's engine")
    add(
        "--tolerance",
        type=tolerance,
        default=TOLERANCE,
        help="largest relative error that is let pass",
    )
    add("-o", "--output", default=STANDARD, help="where the text goes; - is standard output")
    return parser


if __name__ == "__main__":
    sys.exit(main())
