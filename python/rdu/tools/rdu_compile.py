"""`rdu-compile`: a PyTorch model or MLIR text to a configuration, or to any level above it."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rdu.support.command_line import run_tool
from rdu.support.diagnostics import ExitCode, RduError, SourceLocation, UsageError, error
from rdu.support.text_files import read_text, write_text
from rdu.tools.arguments import add_machine_arguments, tolerance

if TYPE_CHECKING:
    import torch

LEVELS = ("linalg", "pattern", "spatial", "rdu", "configuration")

_DESCRIPTION = "Compile a PyTorch model, or MLIR text, to a configuration of the fabric."
_EPILOG = """\
a model is a Python file with two functions: make_model() returns the torch.nn.Module and
make_inputs() the tuple of arguments of its forward().

compile, and leave everything that rdu-sim needs:
  rdu-compile examples/mlp_model.py -o mlp.rdu --weights mlp.safetensors \\
      --inputs inputs.npz --expected expected.npz
  rdu-sim mlp.rdu --tensors mlp.safetensors --tensors inputs.npz --expect expected.npz

compile, run and compare with PyTorch in one go:
  rdu-compile examples/mlp_model.py --check

look at a level, or go on from one:
  rdu-compile examples/mlp_model.py --emit pattern -o mlp.mlir
  rdu-compile mlp.mlir --from pattern -o mlp.rdu

exit codes: 0 ok, 1 the model or the IR is wrong, 2 the command line is wrong, 3 it does not fit the
            machine, 4 it deadlocks, 5 the result is not PyTorch's, 70 internal error
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the tool and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    return run_tool("rdu-compile", lambda: _run(_parser().parse_args(given)))


def _run(given: argparse.Namespace) -> int:
    if given.model.suffix == ".py":
        return _compile_model(given)
    for option in ("weights", "inputs", "expected", "check"):
        if getattr(given, option):
            raise UsageError(f"'--{option}' needs a PyTorch model, got '{given.model}'")
    return _lower_text(given)


def _compile_model(given: argparse.Namespace) -> int:
    """Import and compile a model; write its data; run and compare it if asked to."""
    import rdu
    from rdu.runtime import save_tensors
    from rdu.runtime.tensor_files import check_suffix

    if given.check and given.emit != "configuration":
        raise UsageError(f"'--check' needs a configuration: got '--emit {given.emit}'")
    for path in filter(None, (given.weights, given.inputs, given.expected)):
        check_suffix(path)
    model, inputs = _load_model(given.model)
    artifact = rdu.compile(
        model,
        inputs,
        target=given.target,
        overrides=dict(given.set),
        seed=given.seed,
        virtual=given.virtual,
        engine=given.engine,
        until=given.emit,
        locations=given.locations,
        progress=_progress(given),
    )
    write_text(given.output, artifact.stage(given.emit))
    if given.weights:
        save_tensors(given.weights, artifact.weights)
    if given.inputs:
        save_tensors(given.inputs, artifact.input_arrays(inputs))
    if given.expected:
        save_tensors(given.expected, artifact.expected_arrays(inputs))
    if given.check:
        artifact.check(*inputs, tolerance=given.tolerance)
        sys.stderr.write(str(artifact.report()))
    return ExitCode.OK


def _lower_text(given: argparse.Namespace) -> int:
    """Lower MLIR text from one level to another."""
    from rdu.compiler import lower
    from rdu.mlir_ext.context import make_context, parse

    if LEVELS.index(given.level) > LEVELS.index(given.emit):
        raise UsageError(f"'--emit {given.emit}' lies above '--from {given.level}'")
    text, name = read_text(str(given.model))
    module = parse(text, make_context(), source_name=name)
    lowering = lower(
        module,
        target=given.target,
        overrides=dict(given.set),
        seed=given.seed,
        virtual=given.virtual,
        level=given.level,
        until=given.emit,
        locations=given.locations,
        progress=_progress(given),
    )
    write_text(given.output, lowering.stages[given.emit])
    return ExitCode.OK


def _load_model(path: Path) -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    """Return what a model file's `make_model` and `make_inputs` return."""
    specification = importlib.util.spec_from_file_location(path.stem, path)
    if specification is None or specification.loader is None or not path.exists():
        raise UsageError(f"'{path}' cannot be read: expected a Python file")
    module = importlib.util.module_from_spec(specification)
    sys.path.insert(0, str(path.parent))
    try:
        specification.loader.exec_module(module)
        missing = [n for n in ("make_model", "make_inputs") if not hasattr(module, n)]
        if missing:
            raise UsageError(f"'{path}' has no function {' and no function '.join(missing)}")
        return module.make_model(), module.make_inputs()
    except RduError:
        raise
    except (Exception, SystemExit) as failure:
        place = SourceLocation(str(path), _line_of(failure, path))
        raise RduError(error(f"{type(failure).__name__}: {failure}", place)) from failure
    finally:
        sys.path.remove(str(path.parent))


def _line_of(failure: BaseException, path: Path) -> int:
    """Return the last line of a file that a failure passed through or stands at, 0 if none."""
    if isinstance(failure, SyntaxError) and failure.filename == str(path):
        return failure.lineno or 0
    line, trace = 0, failure.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _progress(given: argparse.Namespace) -> Callable[[str], None]:
    """Name each phase on stderr, unless asked to be quiet."""
    if given.quiet:
        return lambda phase: None
    return lambda phase: print(f"-> {phase}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "rdu-compile",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("model", type=Path, help="a .py file with the model, or .mlir text")
    add(
        "-o",
        "--output",
        default="-",
        metavar="FILE",
        help="where the result goes (default: stdout)",
    )
    add("--emit", choices=LEVELS, default="configuration", help="level to stop at")
    add("--from", dest="level", choices=LEVELS[:-1], default="linalg", help="level of .mlir text")
    add(
        "--mlir-print-debuginfo",
        dest="locations",
        action="store_true",
        help="print IR with locations, so that it keeps the model's lines",
    )
    add("--quiet", action="store_true", help="do not name the phases on stderr")

    add = parser.add_argument_group("machine and mapping").add_argument
    add("--target", default="plasticine", metavar="NAME", help="machine, or a .toml file")
    add_machine_arguments(add)
    add("--seed", type=int, default=0, metavar="N", help="start of the placement's random moves")
    add("--virtual", action="store_true", help="leave units unplaced: an ideal network")

    add = parser.add_argument_group("data of a PyTorch model (.npz or .safetensors)").add_argument
    add("--weights", type=Path, metavar="FILE", help="write the weights")
    add("--inputs", type=Path, metavar="FILE", help="write the example inputs")
    add("--expected", type=Path, metavar="FILE", help="write PyTorch's outputs for them")
    add("--check", action="store_true", help="run on the simulator, compare with PyTorch, report")
    add(
        "--tolerance", type=tolerance, default=1e-5, metavar="X", help="for --check (default: 1e-5)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
