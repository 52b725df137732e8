"""The whole way down: a PyTorch model or MLIR text to a configuration that runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rdu.codegen.configuration import program_of
from rdu.codegen.findings import check_module
from rdu.configuration import Program, check, parse, print_program
from rdu.frontends.torch import ImportedModel, import_module
from rdu.mlir_ext.driver import run_pipeline
from rdu.mlir_ext.pipeline import parse_pipeline
from rdu.mlir_ext.printing import PrintStyle, print_operation
from rdu.pipelines import TO_PATTERN, to_rdu, to_spatial
from rdu.report import Report, make_report
from rdu.runtime import (
    TOLERANCE,
    check_errors,
    load_tensors,
    max_relative_error,
    save_tensors,
)
from rdu.simulator import EngineName, RunResult, simulate
from rdu.simulator.simulate import engine as engine_by_name
from rdu.support.diagnostics import UsageError, suggest
from rdu.support.text_files import read_text, write_text
from rdu.targets import Machine, load_machine

if TYPE_CHECKING:
    import torch

LEVELS = ("linalg", "pattern", "spatial", "rdu", "configuration")
"""The levels that an artifact keeps, from the top."""

Arrays = dict[str, NDArray[Any]]
Progress = Callable[[str], None]
"""Told the name of each phase as it begins."""


@dataclass(frozen=True, slots=True)
class Lowering:
    """What lowering gives.

    Attributes:
        stages: the text of each level that was passed, by name (see `LEVELS`).
        machine: the machine that it is for.
        program: the configuration as it reads back from its text; None if lowering ended above.
    """

    stages: Mapping[str, str]
    machine: Machine
    program: Program | None = None


@dataclass
class Artifact:
    """A compiled model: call it like the module, or look at any level of it.

    Attributes:
        lowering: every level's text, the machine and the configuration.
        weights: the model's weights by tensor name.
        model: how inputs and outputs map to the PyTorch module's; None when loaded from files.
        reference: the PyTorch module, for `check`.
        engine: the simulator's engine.
        last: the result of the latest run, for `report`.
        last_error: its `max_relative_error`, if it was compared with PyTorch.
    """

    lowering: Lowering
    weights: Arrays
    model: ImportedModel | None = None
    reference: torch.nn.Module | None = None
    engine: EngineName = "native"
    last: RunResult | None = field(default=None, init=False)
    last_error: float | None = field(default=None, init=False)

    @property
    def program(self) -> Program:
        """The configuration; UsageError if lowering ended above it."""
        if self.lowering.program is None:
            raise UsageError("there is no configuration: lowering ended above it")
        return self.lowering.program

    @property
    def machine(self) -> Machine:
        """The machine that the configuration is for."""
        return self.lowering.machine

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
        if not isinstance(inputs, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise UsageError(f"inputs: expected arrays by name, got {type(inputs).__name__}")
        result = simulate(self.program, self.machine, {**self.weights, **inputs}, self.engine)
        if self.model is not None:
            # A scalar result is a tensor of one element on the fabric.
            shapes = {signature.name: signature.shape for signature in self.model.outputs}
            outputs = {n: array.reshape(shapes[n]) for n, array in result.outputs.items()}
            result = replace(result, outputs=outputs)
        self.last, self.last_error = result, None
        return result

    def check(self, *arguments: torch.Tensor, tolerance: float = TOLERANCE) -> float:
        """Run here and in PyTorch; return the largest `max_relative_error` of any output.

        Raises:
            RduError: the error exceeds the tolerance (exit code 5).
            UsageError: the artifact was loaded from files and has no PyTorch module.
        """
        actual = self.run(self.input_arrays(arguments)).outputs
        expected = self.expected_arrays(arguments)
        errors = {n: max_relative_error(actual[n], array) for n, array in expected.items()}
        self.last_error = max(errors.values())
        check_errors(errors, tolerance)
        return self.last_error

    def input_arrays(self, arguments: Sequence[torch.Tensor]) -> Arrays:
        """Return `forward`'s arguments as arrays by input name; UsageError without a module."""
        return self._imported().input_arrays(arguments)

    def expected_arrays(self, arguments: Sequence[torch.Tensor]) -> Arrays:
        """Return PyTorch's outputs as arrays by output name; UsageError without a module."""
        import torch
        from torch.utils import _pytree

        model = self._imported()
        assert self.reference is not None, "an imported model comes with its module"
        with torch.no_grad():
            leaves = _pytree.tree_leaves(self.reference(*arguments))
        return {s.name: leaf.numpy() for s, leaf in zip(model.outputs, leaves, strict=True)}

    def _imported(self) -> ImportedModel:
        if self.model is None:
            raise UsageError("this artifact was loaded from files and has no PyTorch module")
        return self.model

    def stage(self, level: str) -> str:
        """Return the text of a level: linalg, pattern, spatial, rdu or configuration."""
        stages = self.lowering.stages
        if level not in stages:
            raise UsageError(f"no level '{level}': expected one of {', '.join(stages)}")
        return stages[level]

    def report(self) -> Report:
        """Return the report of the latest run."""
        if self.last is None:
            raise UsageError("nothing has run yet: call the artifact first")
        return make_report(
            self.program, self.machine, self.last, max_relative_error=self.last_error
        )

    def save(self, folder: str | Path) -> None:
        """Write `model.rdu` and `weights.safetensors` into a folder, which `load` reads.

        Raises UsageError if lowering ended above the configuration or nothing can be written.
        """
        text, folder = self.stage("configuration"), Path(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as failure:
            raise UsageError(f"folder '{folder}' cannot be made: {failure.strerror}") from None
        write_text(str(folder / "model.rdu"), text)
        save_tensors(folder / "weights.safetensors", self.weights)


def compile(
    model: torch.nn.Module,
    example_args: Sequence[torch.Tensor],
    *,
    target: str = "plasticine",
    overrides: Mapping[str, Any] | None = None,
    seed: int = 0,
    virtual: bool = False,
    engine: EngineName = "native",
    until: str = "configuration",
    locations: bool = False,
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
        until: the last level to lower to; only a configuration can be called.
        locations: print the IR of the stages with locations, so that it keeps the model's lines.
        progress: told each phase's name as it begins.

    Raises:
        RduError: the model cannot be imported or lowered (exit code 1) or does not fit the
            machine (3); with every reason found, each at the user's line.
    """
    tell = progress or _silent
    _check_level("until", until)
    engine_by_name(engine)
    _machine(target, overrides)  # a misspelt machine is said before the long import
    tell("import")
    imported = import_module(model, example_args)
    lowering = lower(
        imported.module,
        target=target,
        overrides=overrides,
        seed=seed,
        virtual=virtual,
        until=until,
        locations=locations,
        progress=tell,
    )
    weights = imported.weight_arrays()
    return Artifact(lowering, weights, imported, model, engine)


def lower(
    module: Any,
    *,
    target: str = "plasticine",
    overrides: Mapping[str, Any] | None = None,
    seed: int = 0,
    virtual: bool = False,
    level: str = "linalg",
    until: str = "configuration",
    locations: bool = False,
    progress: Progress | None = None,
) -> Lowering:
    """Lower a module from a level of the IR to a configuration, in place.

    Args:
        module: a `builtin.module` at `level`.
        target: as for `compile`, as are the others that refer to it.
        overrides: see `compile`.
        seed: see `compile`.
        virtual: see `compile`.
        level: linalg, pattern, spatial or rdu.
        until: see `compile`.
        locations: see `compile`.
        progress: see `compile`.
    """
    tell = progress or _silent
    _check_level("level", level)
    _check_level("until", until)
    machine = _machine(target, overrides)
    steps = {
        "pattern": TO_PATTERN,
        "spatial": to_spatial(target, machine),
        "rdu": to_rdu(target, machine, seed=seed, virtual=virtual),
    }
    style = PrintStyle(locations=locations)
    stages = {level: _text(module, style)}
    for name in LEVELS[LEVELS.index(level) + 1 : LEVELS.index(until) + 1]:
        tell(name)
        if name == "configuration":
            check_module(module, machine)  # the passes know the machine without its overrides
            stages[name] = print_program(program_of(module, machine.name, machine.hash))
            return Lowering(stages, machine, parse(stages[name]))
        run_pipeline(module, parse_pipeline(steps[name], module.context))
        stages[name] = _text(module, style)
    return Lowering(stages, machine)


def load(folder: str | Path, *, engine: EngineName = "native") -> Artifact:
    """Load what `Artifact.save` wrote; calls take and return arrays.

    Raises UsageError if a file is missing, RduError if one is not what it should be.
    """
    engine_by_name(engine)
    text, name = read_text(str(Path(folder) / "model.rdu"))
    program = parse(text, name)
    weights = load_tensors(Path(folder) / "weights.safetensors")
    machine = load_machine(program.machine)
    check(program, machine, name)
    lowering = Lowering({"configuration": text}, machine, program)
    return Artifact(lowering, weights, engine=engine)


def _machine(target: str, overrides: Mapping[str, Any] | None) -> Machine:
    if not isinstance(overrides, Mapping | None):  # pyright: ignore[reportUnnecessaryIsInstance]
        got = type(overrides).__name__
        raise UsageError(f"overrides: expected values by key, got {got}")
    return load_machine(str(target), overrides)


def _check_level(what: str, level: str) -> None:
    if level not in LEVELS:
        known = ", ".join(f"'{name}'" for name in LEVELS)
        message = f"{what}: no level '{level}': expected one of {known}"
        raise UsageError(message, hint=suggest(level, LEVELS))


def _text(module: Any, style: PrintStyle) -> str:
    return print_operation(module, style) + "\n"


def _silent(phase: str) -> None:
    """Tell nobody."""
