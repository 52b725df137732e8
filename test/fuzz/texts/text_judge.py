"""What may happen to a text: it is refused with located errors, or it means something."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from functools import cache

from rdu.configuration import ConfigurationError, Program, parse, print_program
from rdu.configuration.model import Context, Section, Sparse, Tensor
from rdu.configuration.verifier import verify
from rdu.runtime.random_inputs import random_inputs
from rdu.simulator.simulate import EngineName, RunResult, foresee_program, simulate
from rdu.support.diagnostics import Diagnostic, ExitCode, RduError, Severity, UsageError
from rdu.support.text_files import decode
from rdu.targets import Machine, load_machine, machine_names

FILE = "fuzz.rdu"

MOST_FIRINGS = 400
"""Larger programs are not run: the readable engine takes its time."""

MOST_ELEMENTS = 1 << 16
"""Of all tensors, for a program to be run."""

PUBLISHED = "plasticine"

UNITS = ("pcu", "pmu", "ag")

ROOMY = {
    "pcu.stages": 1000,
    "pcu.registers": 1000,
    "pmu.bytes": 2**32,
    "fifo.vector": 2**16,
    "fifo.scalar": "inf",
    "fifo.control": "inf",
    **{
        f"{unit}.{what}": 1000 for unit in ("pcu", "pmu", "ag") for what in ("contexts", "counters")
    },
}
"""A machine on which more than on the published one fits."""


class Verdict(StrEnum):
    """How far a text gets."""

    NO_PROGRAM = "refused by the reader"
    NO_FIT = "refused by the verifier"
    ACCEPTED = "accepted"
    ONE_ENGINE = "ran on the readable engine, which alone can"
    UNENDED = "not run to the end, which data decides"
    DEADLOCK = "deadlocked on both engines"
    STOPPED = "stopped alike on both engines, by its data"
    RAN = "ran alike on both engines"


class Surprise(Exception):  # noqa: N818 - it is what the fuzzer looks for, not an error of its own
    """Something that must not happen, other than an exception of the project."""


class TooSlowError(Surprise):
    """A text takes longer than any may."""


@cache
def machines() -> tuple[Machine, ...]:
    """Return the machines that texts are verified against in turn."""
    others = (name for name in machine_names() if name != PUBLISHED)
    return load_machine(PUBLISHED), load_machine(PUBLISHED, ROOMY), *map(load_machine, others)


def judge(raw: bytes, machine: Machine, *, engines: bool = True) -> Verdict:
    """Read, print, verify and, if it is small, run a text; the machine is the one it is for.

    Without `engines` a sound program is neither run nor looked at for deadlocks to come.

    Raises Surprise, or whatever the project raises that no user should see.
    """
    try:
        text = decode(raw, FILE)
        program = parse(text, FILE)
    except RduError as refusal:
        _check_located(refusal.diagnostics, raw)
        return Verdict.NO_PROGRAM
    _check_printing(program)
    if program.machine in machine_names():
        program = replace(program, machine=machine.name)
    findings = verify(program, machine)
    if findings:
        _check_located(findings, raw)
        return Verdict.NO_FIT
    if not engines:
        return Verdict.ACCEPTED
    warned = _foresee(program, machine, raw)
    if not _is_small(program):
        return Verdict.ACCEPTED
    try:
        verdict = _run_both(program, machine)
    except TooSlowError:
        if _is_static(program):
            raise
        return Verdict.UNENDED
    if warned and verdict is Verdict.RAN:
        raise Surprise("a program runs that was sure to deadlock")
    return verdict


def _foresee(program: Program, machine: Machine, raw: bytes) -> bool:
    """Return whether a program is sure to deadlock."""
    coming = foresee_program(program, machine, FILE)
    _check_located(coming, raw)
    return any(diagnostic.severity is Severity.WARNING for diagnostic in coming)


def _check_located(diagnostics: Iterable[Diagnostic], raw: bytes) -> None:
    lines = raw.count(b"\n") + 1
    for diagnostic in diagnostics:
        place = diagnostic.location
        if place is None or place.file != FILE or not 1 <= place.line <= lines:
            raise Surprise(f"no place in the text: {diagnostic.render()}")


def _check_printing(program: Program) -> None:
    printed = print_program(program)
    again = parse(printed, FILE)
    if again != program:
        raise Surprise("a program that is printed and read is another one")
    if print_program(again) != printed:
        raise Surprise("printing what was printed gives another text")


def _is_small(program: Program) -> bool:
    sections = {section.name: section for section in program.sections}
    firings = sum(_firings(sections[run.section]) for run in program.host)
    return firings <= MOST_FIRINGS and sum(map(_elements, program.tensors)) <= MOST_ELEMENTS


def _elements(tensor: Tensor) -> int:
    return math.prod(tensor.shape)


GUESSED_TRIPS = 8
"""Of a counter whose bounds are data: made-up integers are smaller."""


def _firings(section: Section) -> int:
    return sum(
        (context.repeat or 1)
        * math.prod(c.trips or GUESSED_TRIPS for c in context.counters)
        * _extent(context)
        for _, context in section.contexts()
    )


def _extent(context: Context) -> int:
    """Return the extent of the level that a sparse primitive walks, if the text says it."""
    action = context.action
    parts = action.storage.parts if isinstance(action, Sparse) and action.storage else ()
    return math.prod(part for part in parts if isinstance(part, int))


def _is_static(program: Program) -> bool:
    """Whether the text says how often every context fires."""
    contexts = [context for section in program.sections for _, context in section.contexts()]
    return all(
        context.repeat is not None
        and not isinstance(context.action, Sparse)
        and all(counter.trips is not None for counter in context.counters)
        for context in contexts
    )


def _run_both(program: Program, machine: Machine) -> Verdict:
    native, python = (_outcome(program, machine, name) for name in ("native", "python"))
    if isinstance(native, UsageError):
        return Verdict.ONE_ENGINE
    if isinstance(native, RduError) or isinstance(python, RduError):
        if str(native) != str(python):
            raise Surprise(f"engines disagree:\nnative: {native}\npython: {python}")
        code = native.exit_code if isinstance(native, RduError) else None
        return Verdict.DEADLOCK if code is ExitCode.DEADLOCK else Verdict.STOPPED
    if native.sections != python.sections:
        raise Surprise("engines disagree about the cycles")
    for name, array in native.outputs.items():
        if array.tobytes() != python.outputs[name].tobytes():
            raise Surprise(f"engines disagree about '{name}'")
    return Verdict.RAN


def _outcome(program: Program, machine: Machine, name: EngineName) -> RunResult | RduError:
    try:
        inputs = random_inputs(program, 0)
        return simulate(program, machine, inputs, name, FILE, warn=lambda _: None)
    except ConfigurationError:
        raise
    except RduError as refusal:
        return refusal
