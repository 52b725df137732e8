"""`rdu-sim`: check a configuration, run it on the simulated fabric, report what happened."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from rdu.configuration import Program, parse
from rdu.configuration.verifier import check
from rdu.report import make_report
from rdu.report.trace import buckets, trace
from rdu.runtime import (
    TOLERANCE,
    check_errors,
    load_tensors,
    max_relative_error,
    save_tensors,
)
from rdu.runtime.random_inputs import random_inputs
from rdu.runtime.tensor_files import check_suffix
from rdu.simulator.recording.record import Record
from rdu.simulator.simulate import (
    EngineName,
    RunResult,
    engine,
    foresee_program,
    simulate,
)
from rdu.support.command_line import run_tool
from rdu.support.diagnostics import (
    Collector,
    ExitCode,
    RduError,
    SourceLocation,
    error,
    print_warning,
    suggest,
)
from rdu.support.text_files import STANDARD, read_text, write_bytes, write_text
from rdu.targets import Machine, load_machine, machine_names
from rdu.tools.arguments import add_machine_arguments, tolerance, whole
from rdu.tools.progress import show_progress

Arrays = dict[str, NDArray[Any]]

TRACE_BUCKETS = 2048
MOST_BUCKETS = 1 << 20

_DESCRIPTION = "Check a configuration, run it on the simulated fabric and report what happened."
_EPILOG = """\
a first run, on made-up data, with the engine that needs no compiler:
  rdu-sim examples/configurations/gemm.rdu --random-inputs 0 --engine python

a model that rdu-compile wrote, on its own weights and inputs, against PyTorch's outputs:
  rdu-sim mlp.rdu --tensors mlp.safetensors --expect expected.npz --output out.npz

why it takes that long: every cycle attributed, and a trace to look at in ui.perfetto.dev
  rdu-sim mlp.rdu --random-inputs 0 --critical-path --trace mlp.json.gz

what a slower memory would cost (rdu-sim reports every number as JSON, too):
  rdu-sim mlp.rdu --random-inputs 0 --set dram.latency=200 --json report.json

does it fit?
  rdu-sim mlp.rdu --check-only

exit codes: 0 ok, 1 the configuration or a tensor is wrong, 2 the command line is wrong,
            3 it does not fit the machine, 4 it deadlocks, 5 an output is not as expected,
            70 internal error
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the tool and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    return run_tool("rdu-sim", lambda: _run(_parser().parse_args(given)))


def _run(given: argparse.Namespace) -> int:
    for path in (given.output, given.expect, *given.tensors):
        if path is not None:
            check_suffix(path)
    program, file = _program(given.configuration)
    program, machine = _machine(program, file, given)
    if given.check_only:
        check(program, machine, file)
        for warning in foresee_program(program, machine, file):
            print_warning(warning)
        return ExitCode.OK
    record = Record(given.critical_path, given.trace_buckets if given.trace else 0)
    engine_name = _engine(given.engine)
    expected = None if given.expect is None else _expected(given.expect, program)
    tensors = _tensors(program, given)
    with show_progress(file, always=given.progress) as progress:
        result = simulate(
            program, machine, tensors, engine_name, file, record=record, progress=progress
        )
    if given.trace is not None:
        _write_trace(given.trace, result)
    if given.output is not None:
        save_tensors(given.output, result.outputs)
    errors = {} if expected is None else _errors(result, expected)
    worst = max(errors.values(), default=None)
    _report(program, machine, result, worst, given)
    check_errors(errors, given.tolerance)
    return ExitCode.OK


def _program(path: str) -> tuple[Program, str]:
    """Return the program and its name in messages."""
    text, name = read_text(path)
    return parse(text, name), name


def _machine(program: Program, file: str, given: argparse.Namespace) -> tuple[Program, Machine]:
    """Return the machine to run on, and the program as one for that machine.

    A machine that the user chose or changed is meant: the program's own name or hash no longer
    counts then.
    """
    if given.machine is None and program.machine not in machine_names():
        known = ", ".join(f"'{name}'" for name in machine_names())
        message = f"unknown machine '{program.machine}': expected one of {known}"
        place = SourceLocation(file, program.span.line, program.span.column)
        hint = suggest(program.machine, machine_names()) or "name its file with '--machine'"
        raise RduError(error(message, place, hint=hint))
    machine = load_machine(given.machine or program.machine, dict(given.set))
    if given.set or machine.name != program.machine:
        program = replace(program, machine=machine.name, machine_hash=None)
    return program, machine


def _engine(name: EngineName) -> EngineName:
    """Return the engine to run on, which can be loaded."""
    try:
        engine(name)
    except ImportError as missing:
        message = f"the native engine cannot be loaded: {missing}"
        raise RduError(
            error(message, hint="install the package, or use '--engine python'")
        ) from missing
    return name


def _write_trace(path: str, result: RunResult) -> None:
    """Write a trace, and say what a span in it is."""
    write_bytes(path, trace(result))
    for section, cycles in buckets(result).items():
        each = "every cycle" if cycles == 1 else f"every {cycles} cycles"
        print(f"{path}: note: section '{section}' is sampled {each}", file=sys.stderr)


def _tensors(program: Program, given: argparse.Namespace) -> Arrays:
    """Return the data to run on: made up where asked for, files win."""
    seed = given.random_inputs
    arrays = {} if seed is None else random_inputs(program, seed)
    for path in given.tensors:
        arrays |= load_tensors(path)
    return arrays


def _expected(path: Path, program: Program) -> Arrays:
    """Return the expected outputs, which must be exactly the program's."""
    arrays = load_tensors(path)
    outputs = {t.name: t.shape for t in program.tensors if t.role == "output"}
    problems = Collector()
    where = SourceLocation(str(path))
    for name, shape in outputs.items():
        if name not in arrays:
            problems.error(f"output '{name}' is missing", where)
        elif arrays[name].shape != shape:
            got = list(arrays[name].shape)
            problems.error(f"output '{name}': expected shape {list(shape)}, got {got}", where)
    for name in arrays.keys() - outputs.keys():
        problems.error(f"'{name}' is no output", where, hint=suggest(name, outputs))
    problems.check()
    return arrays


def _errors(result: RunResult, expected: Arrays) -> dict[str, float]:
    return {
        name: max_relative_error(array, expected[name]) for name, array in result.outputs.items()
    }


def _report(
    program: Program,
    machine: Machine,
    result: RunResult,
    worst: float | None,
    given: argparse.Namespace,
) -> None:
    report = make_report(
        program, machine, result, max_relative_error=worst, shown=given.top or None
    )
    if given.json is not None:
        write_text(given.json, report.to_json())
    if not given.quiet and given.json != STANDARD:
        write_text(STANDARD, str(report))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "rdu-sim",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("configuration", help="file to run; '-' is stdin")
    add("--check-only", action="store_true", help="verify it, warn of deadlocks to come, and stop")

    add = parser.add_argument_group("data (.npz or .safetensors)").add_argument
    add(
        "--tensors",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="inputs and weights by name; may be given several times",
    )
    add(
        "--random-inputs",
        type=whole(0, 2**63 - 1),
        metavar="SEED",
        help="make up what no file gives",
    )
    add("--output", "-o", type=Path, metavar="FILE", help="write the outputs")
    add("--expect", type=Path, metavar="FILE", help="compare with these outputs")
    add(
        "--tolerance",
        type=tolerance,
        default=TOLERANCE,
        metavar="X",
        help="largest difference over largest expected value that passes (default: 1e-5)",
    )

    add = parser.add_argument_group("machine and engine").add_argument
    add("--machine", metavar="NAME", help="another machine, or a .toml file")
    add_machine_arguments(add)

    add = parser.add_argument_group("report").add_argument
    add("--json", metavar="FILE", help="write the report as JSON, too; '-' is stdout, only that")
    add("--top", type=int, default=10, metavar="N", help="rows of a long table shown; 0: all")
    add(
        "--critical-path",
        action="store_true",
        help="attribute every cycle to the unit, channel or memory tier that decided it",
    )
    add("--trace", metavar="FILE", help="write a trace for Perfetto (.json.gz)")
    add(
        "--trace-buckets",
        type=whole(2, MOST_BUCKETS),
        default=TRACE_BUCKETS,
        metavar="N",
        help=f"most spans of a context in a section's run (default: {TRACE_BUCKETS}); "
        "a longer run is sampled",
    )
    add("--progress", action="store_true", help="show progress even where stderr is no terminal")
    add("--quiet", action="store_true", help="print no report")
    return parser


if __name__ == "__main__":
    sys.exit(main())
