"""The whole way down: a PyTorch model or MLIR text to a configuration that runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rdu.codegen.configuration import program_of
from rdu.configuration import Program, parse, print_program, read
from rdu.frontends.torch import ImportedModel, import_module
from rdu.mlir_ext.driver import run_pipeline
from rdu.mlir_ext.pipeline import parse_pipeline
from rdu.mlir_ext.printing import PrintStyle, print_operation
from rdu.pipelines import TO_PATTERN, TO_RDU, TO_SPATIAL, TO_VIRTUAL_RDU
from rdu.report import Report, make_report
from rdu.runtime import load_tensors, max_relative_error, save_tensors
from rdu.simulator import EngineName, RunResult, simulate
from rdu.support.diagnostics import ExitCode, RduError, UsageError, error
from rdu.targets import Machine, load_machine

if TYPE_CHECKING:
    import torch

LEVELS = ("linalg", "pattern", "spatial", "rdu", "configuration")
"""The levels that an artifact keeps, from the top."""

TOLERANCE = 1e-5
"""Largest `max_relative_error` against PyTorch that `Artifact.check` accepts."""

Arrays = dict[str, NDArray[Any]]
Progress = Callable[[str], None]
"""Told the name of each phase as it begins."""


@dataclass
class Artifact:
    """A compiled model: call it like the module, or look at any level of it.

    Attributes:
        program: the configuration, as data.
        machine: the machine that it is for.
        weights: the model's weights by tensor name.
        stages: the text of each level, by name (see `LEVELS`).
        model: how inputs and outputs map to the PyTorch module's; None when loaded from files.
        reference: the PyTorch module, for `check`.
        last: the result of the latest run, for `report`.
    """

    program: Program
    machine: Machine
    weights: Arrays
    stages: Mapping[str, str]
    model: ImportedModel | None = None
    reference: torch.nn.Module | None = None
    engine: EngineName = "native"
    last: RunResult | None = field(default=None, init=False)
    last_error: float | None = field(default=None, init=False)

    def __call__(self, *arguments: Any) -> Any:
        """Run on the simulated fabric.

        Args:
            arguments: what `forward` takes: tensors, or arrays for an artifact from files.

        Returns:
            What `forward` returns, as tensors; a dictionary of arrays for an artifact from files.
        """
        inputs = [t for t in self.program.tensors if t.role == "input"]
        if len(arguments) != len(inputs):
            names = ", ".join(t.name for t in inputs)
            raise UsageError(f"{len(arguments)} arguments given: expected {len(inputs)} ({names})")
        if self.model is not None:
            outputs = self.run(self.model.input_arrays(arguments)).outputs
            return self.model.pack_outputs(outputs)
        arrays = (np.asarray(argument) for argument in arguments)
        return self.run({t.name: a for t, a in zip(inputs, arrays, strict=True)}).outputs

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> RunResult:
        """Run on arrays by input name; the result has outputs, cycles and statistics."""
        self.last = simulate(self.program, self.machine, {**self.weights, **inputs}, self.engine)
        self.last_error = None
        return self.last

    def check(self, *arguments: torch.Tensor, tolerance: float = TOLERANCE) -> float:
        """Run here and in PyTorch; return the largest `max_relative_error` of any output.

        Raises:
            RduError: the error exceeds the tolerance (exit code 5).
            UsageError: the artifact was loaded from files and has no PyTorch module.
        """
        if self.reference is None or self.model is None:
            raise UsageError("this artifact has no PyTorch module to compare with")
        import torch
        from torch.utils import _pytree

        with torch.no_grad():
            expected = _pytree.tree_leaves(self.reference(*arguments))
        actual = _pytree.tree_leaves(self(*arguments))
        errors = {
            signature.name: max_relative_error(a.numpy(), e.numpy())
            for signature, a, e in zip(self.model.outputs, actual, expected, strict=True)
        }
        self.last_error = max(errors.values())
        wrong = [
            error(f"output '{name}': max relative error is {found:.3g}: expected {tolerance:g}")
            for name, found in errors.items()
            if not found <= tolerance
        ]
        if wrong:
            raise RduError(wrong, ExitCode.NUMERIC_MISMATCH)
        return self.last_error

    def stage(self, level: str) -> str:
        """Return the text of a level: linalg, pattern, spatial, rdu or configuration."""
        if level not in self.stages:
            raise UsageError(f"unknown level '{level}': expected one of {', '.join(self.stages)}")
        return self.stages[level]

    def report(self) -> Report:
        """Return the report of the latest run."""
        if self.last is None:
            raise UsageError("nothing has run yet: call the artifact first")
        return make_report(
            self.program, self.machine, self.last, max_relative_error=self.last_error
        )

    def save(self, folder: str | Path) -> None:
        """Write `model.rdu` and `weights.safetensors` into a folder, which `load` reads."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.rdu").write_text(self.stages["configuration"], encoding="utf-8")
        save_tensors(folder / "weights.safetensors", self.weights)


def compile(  # noqa: A001  (the name that users expect: rdu.compile)
    model: torch.nn.Module,
    example_args: Sequence[torch.Tensor],
    *,
    target: str = "plasticine",
    overrides: Mapping[str, Any] | None = None,
    seed: int = 0,
    virtual: bool = False,
    engine: EngineName = "native",
    progress: Progress | None = None,
) -> Artifact:
    """Compile a PyTorch module for a machine.

    Args:
        model: a module in evaluation mode with f32 or i32 tensors of static shapes.
        example_args: one tensor for each argument of `forward`.
        target: name or file of the machine.
        overrides: numbers of the machine to change, such as `{"dram.latency": 100}`.
        seed: start of the random moves of the placement.
        virtual: stop before placement; such a configuration runs on an ideal network.
        engine: the simulator's engine for calls of the artifact.
        progress: told each phase's name as it begins.

    Raises:
        RduError: the model cannot be imported or lowered (exit code 1) or does not fit the
            machine (3); with every reason found, each at the user's line.
    """
    tell = progress or _silent
    tell("import")
    imported = import_module(model, example_args)
    program, stages, machine = lower(
        imported.module,
        target=target,
        overrides=overrides,
        seed=seed,
        virtual=virtual,
        progress=tell,
    )
    return Artifact(
        program, machine, imported.weight_arrays(), stages, imported, model, engine=engine
    )


def lower(
    module: Any,
    *,
    target: str = "plasticine",
    overrides: Mapping[str, Any] | None = None,
    seed: int = 0,
    virtual: bool = False,
    level: str = "linalg",
    progress: Progress | None = None,
) -> tuple[Program, dict[str, str], Machine]:
    """Lower a module from a level of the IR to a configuration, in place.

    Args:
        module: a `builtin.module` at `level`.
        target, overrides, seed, virtual, progress: as for `compile`.
        level: linalg, pattern, spatial or rdu.

    Returns:
        The program as it reads back from its text, the text of every level, and the machine.
    """
    tell = progress or _silent
    machine = load_machine(target, dict(overrides or {}))
    values = {
        "machine": target,
        "banks": machine.pmu.banks,
        "lanes": machine.pcu.lanes,
        "fifo_depth": min(machine.fifo.vector, 1 << 20),
        "seed": seed,
    }
    to_rdu = TO_VIRTUAL_RDU if virtual else TO_RDU
    steps = {"pattern": TO_PATTERN, "spatial": TO_SPATIAL, "rdu": to_rdu}
    stages = {level: _text(module)}
    for name in LEVELS[LEVELS.index(level) + 1 : -1]:
        tell(name)
        text = f"builtin.module({steps[name].format(**values)})"
        run_pipeline(module, parse_pipeline(text, module.context, {}))
        stages[name] = _text(module)
    tell("configuration")
    stages["configuration"] = print_program(program_of(module, machine.name, machine.hash))
    return parse(stages["configuration"]), stages, machine


def load(folder: str | Path, *, engine: EngineName = "native") -> Artifact:
    """Load what `Artifact.save` wrote; calls take and return arrays."""
    path = Path(folder) / "model.rdu"
    program = read(path)
    weights = load_tensors(Path(folder) / "weights.safetensors")
    stages = {"configuration": path.read_text(encoding="utf-8")}
    return Artifact(program, load_machine(program.machine), weights, stages, engine=engine)


def _text(module: Any) -> str:
    return print_operation(module, PrintStyle()) + "\n"


def _silent(phase: str) -> None:
    """Tell nobody."""
