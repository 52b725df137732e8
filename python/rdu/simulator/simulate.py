"""Run a configuration: check it, bind tensors, run the host's steps on an engine."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from rdu.configuration.model import Program, Run, Tensor
from rdu.configuration.verifier import check
from rdu.semantics.dtypes import NUMPY
from rdu.simulator.deadlock.foresight import foresee
from rdu.simulator.deadlock.places import places_of
from rdu.simulator.deadlock.remedy import find_remedy
from rdu.simulator.deadlock.report import deadlock_error
from rdu.simulator.elaboration.section import elaborate
from rdu.simulator.fault import fault_error
from rdu.simulator.progress import Progress
from rdu.simulator.recording.record import NOTHING, Record
from rdu.simulator.result import Deadlock, Fault, SectionResult
from rdu.simulator.specification import ElaboratedSection
from rdu.support.diagnostics import (
    Diagnostic,
    RduError,
    UsageError,
    Warn,
    error,
    print_warning,
)
from rdu.targets import Machine

Array = NDArray[Any]
EngineName = Literal["native", "python"]


class Engine(Protocol):
    """Runs one elaborated section on flat arrays, one a tensor, changed in place by stores.

    After a fault, of which there is no result, they may hold some of what would have been stored.
    """

    name: str

    def run(
        self,
        section: ElaboratedSection,
        tensors: list[Array],
        *,
        record: Record = NOTHING,
        progress: Progress | None = None,
    ) -> SectionResult | Deadlock | Fault:
        """Run to the end, to a deadlock or to a firing that its data forbids."""
        ...


@dataclass(frozen=True, slots=True)
class RunResult:
    """Outputs by tensor name, cycles in all, and each section run in host order."""

    outputs: dict[str, Array]
    cycles: int
    sections: tuple[SectionResult, ...]


def engine(name: EngineName = "native") -> Engine:
    """Return an engine by name: `native` is fast, `python` is short to read; both agree exactly.

    UsageError for any other name.
    """
    if name not in get_args(EngineName):
        raise UsageError(f"unknown engine '{name}': expected 'native' or 'python'")
    if name == "python":
        from rdu.simulator.python_engine.engine import PythonEngine

        return PythonEngine()
    from rdu.simulator.native_engine import NativeEngine

    return NativeEngine()


def simulate(
    program: Program,
    machine: Machine,
    tensors: Mapping[str, Array],
    engine_name: EngineName = "native",
    file: str = "<configuration>",
    warn: Warn = print_warning,
    record: Record = NOTHING,
    progress: Progress | None = None,
) -> RunResult:
    """Run a program.

    Args:
        program: a configuration; it is verified against the machine first.
        machine: the machine it runs on.
        tensors: an array for each input and weight, by tensor name, of its shape and dtype.
        engine_name: `native` or `python`.
        file: the configuration's name in messages.
        warn: called before the run with each thing that is sure to go wrong in it.
        record: what to record besides statistics.
        progress: told how far the run is, now and then; firings and cycles go on from section to
            section.

    Returns:
        Outputs (freshly allocated) and statistics, cycles in machine cycles.

    Raises:
        RduError: the program is malformed (exit code 1), does not fit (3), a tensor is missing or
            has the wrong shape or dtype (1), data leads out of range (1), or the program deadlocks
            (4).
    """
    check(program, machine, file)
    arrays = _bind(program, tensors)
    specs = elaborated_runs(program, machine)
    for warning in _foresee(program, machine, file, specs):
        warn(warning)
    runner = engine(engine_name)
    results: list[SectionResult] = []
    loaded: str | None = None
    for run, spec in zip(program.host, specs, strict=True):
        section = program.section(run.section)
        bound = [arrays[run.bindings[formal.name]] for formal in section.formals]
        outcome = runner.run(spec, bound, record=record, progress=_further(progress, results))
        if isinstance(outcome, Deadlock):
            places = places_of(section, machine, file)
            remedy = find_remedy(spec, bound, _fastest(runner), places.limits)
            raise deadlock_error(spec, outcome, remedy, places)
        if isinstance(outcome, Fault):
            raise fault_error(section, outcome, file)
        switched = machine.reconfiguration_cycles if run.section != loaded else 0
        results.append(replace(outcome, reconfiguration=switched))
        loaded = run.section
    return RunResult(
        outputs={
            t.name: arrays[t.name].reshape(t.shape) for t in program.tensors if t.role == "output"
        },
        cycles=sum(r.cycles + r.reconfiguration for r in results),
        sections=tuple(results),
    )


def _further(progress: Progress | None, before: Sequence[SectionResult]) -> Progress | None:
    """Return what to tell of a section's progress, with that of the sections before it."""
    if progress is None:
        return None
    firings = sum(context.firings for result in before for context in result.contexts)
    cycles = sum(result.cycles for result in before)
    return lambda more, later: progress(firings + more, cycles + later)


def foresee_program(program: Program, machine: Machine, file: str) -> list[Diagnostic]:
    """Return what is sure before a verified program runs, section by section."""
    return _foresee(program, machine, file, elaborated_runs(program, machine))


def elaborated_runs(program: Program, machine: Machine) -> list[ElaboratedSection]:
    """Return the section of each run of a verified program; runs that are alike share one."""
    addresses = _addresses(program, machine)
    known: dict[tuple[str, tuple[tuple[str, str], ...]], ElaboratedSection] = {}
    keys = [(run.section, tuple(run.bindings.items())) for run in program.host]
    for key, run in zip(keys, program.host, strict=True):
        if key not in known:
            known[key] = _elaborated(run, program, machine, addresses)
    return [known[key] for key in keys]


def _foresee(
    program: Program, machine: Machine, file: str, specs: Iterable[ElaboratedSection]
) -> list[Diagnostic]:
    """Return what is sure of each section, bound as in its last run."""
    found: list[Diagnostic] = []
    for name, spec in {spec.name: spec for spec in specs}.items():
        found += foresee(spec, places_of(program.section(name), machine, file))
    return found


def _fastest(runner: Engine) -> Engine:
    """Return the native engine, or the given one if it was not built."""
    try:
        from rdu.simulator.native_engine import NativeEngine
    except ImportError:
        return runner
    return NativeEngine()


def _elaborated(
    run: Run, program: Program, machine: Machine, addresses: Mapping[str, int]
) -> ElaboratedSection:
    bound = {f: program.tensor(t) for f, t in run.bindings.items()}
    return elaborate(
        program.section(run.section),
        machine,
        {f: (t.tier, addresses[t.name]) for f, t in bound.items()},
    )


def _bind(program: Program, given: Mapping[str, Array]) -> dict[str, Array]:
    """Return a flat array for every tensor; check those that are given, allocate the others."""
    problems: list[Diagnostic] = []
    arrays: dict[str, Array] = {}
    for tensor in program.tensors:
        if tensor.role in ("output", "temporary"):
            arrays[tensor.name] = np.zeros(math.prod(tensor.shape), NUMPY[tensor.dtype])
        elif (array := given.get(tensor.name)) is None:
            problems.append(_tensor_error(tensor, "no array"))
        elif array.shape != tensor.shape or array.dtype != NUMPY[tensor.dtype]:
            problems.append(_tensor_error(tensor, f"{array.dtype}{list(array.shape)}"))
        else:
            arrays[tensor.name] = np.ascontiguousarray(array).reshape(-1)
    known = {t.name for t in program.tensors}
    problems += [
        error(f"tensor '{name}' is not in the program: expected one of {sorted(known)}")
        for name in given
        if name not in known
    ]
    if problems:
        raise RduError(problems)
    return arrays


def _tensor_error(tensor: Tensor, have: str) -> Diagnostic:
    need = f"{NUMPY[tensor.dtype]}{list(tensor.shape)}"
    return error(f"{tensor.role} '{tensor.name}': expected {need}, got {have}")


def _addresses(program: Program, machine: Machine) -> dict[str, int]:
    """Lay the tensors out one after another in their tier, each from the start of a burst."""
    addresses: dict[str, int] = {}
    free: dict[str, int] = {}
    for tensor in program.tensors:
        start = free.get(tensor.tier, 0)
        addresses[tensor.name] = start
        free[tensor.tier] = start + machine.tiers[tensor.tier].whole_bursts(tensor.bytes)
    return addresses
