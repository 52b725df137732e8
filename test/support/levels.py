"""Runs a program of the pattern level at every level below it and compares what comes out."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.codegen.configuration import program_of
from rdu.configuration import parse as parse_configuration
from rdu.configuration import print_program
from rdu.interpreter import run
from rdu.mlir_ext import ir
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.driver import run_pipeline
from rdu.mlir_ext.pipeline import parse_pipeline
from rdu.simulator import simulate
from rdu.targets import Machine, load_machine

Arrays = Mapping[str, NDArray[Any]]

PATTERN_PASSES = ("pattern-fuse", "pattern-schedule")
SPATIAL_PASSES = ("pattern-to-spatial", "spatial-unroll", "spatial-bank", "spatial-buffer")
VIRTUAL_PASSES = ("spatial-to-rdu", "rdu-partition")
PHYSICAL_PASSES = ("rdu-place", "rdu-route")

TOLERANCE = 1e-5
"""Of the largest absolute value: sums of floats may change order above the spatial level."""

CONTEXT = make_context()


def check_levels(text: str, inputs: Arrays, *, routed: bool = False) -> None:
    """Lower a program pass by pass and run it after each.

    Integers and booleans are the same everywhere. Floats are within `TOLERANCE` of the program's
    down to the spatial level, and from there on the same to the bit; both engines agree on them,
    and on every statistic.

    Args:
        text: a module of the pattern level.
        inputs: an array for each argument by name.
        routed: place and route the units, and run that too.
    """
    module = parse(text, CONTEXT)
    expected = run(module, inputs)
    for name in PATTERN_PASSES:
        run_pass(module, name)
        assert_close(run(module, inputs), expected, name)
    exact = check_spatial(module, inputs)
    for name in VIRTUAL_PASSES:
        run_pass(module, name)
    check_engines(module, inputs, exact, load_machine("plasticine"))
    if routed:
        for name in PHYSICAL_PASSES:
            run_pass(module, name)
        check_engines(module, inputs, exact, load_machine("plasticine"))


def check_schedule(text: str, inputs: Arrays) -> None:
    """Lower a program that has a schedule written on it, on a machine whose units take anything."""
    module = parse(text, CONTEXT)
    expected = run(module, inputs)
    exact = check_spatial(module, inputs)
    assert_close(exact, expected, "the schedule")
    run_pass(module, "spatial-to-rdu")
    check_engines(module, inputs, exact, roomy_machine())


def check_spatial(module: ir.OpView, inputs: Arrays) -> Arrays:
    """Run the passes of the spatial level, which change no bit; return the outputs."""
    expected = run(module, inputs)
    run_pass(module, SPATIAL_PASSES[0])
    exact = run(module, inputs)
    assert_close(exact, expected, SPATIAL_PASSES[0])
    for name in SPATIAL_PASSES[1:]:
        run_pass(module, name)
        assert_same(run(module, inputs), exact, name)
    return exact


def check_engines(module: ir.OpView, inputs: Arrays, expected: Arrays, machine: Machine) -> None:
    """Run a module's configuration, as it reads back from its text, on both engines."""
    program = parse_configuration(print_program(program_of(module, machine.name, machine.hash)))
    native, python = (simulate(program, machine, inputs, e) for e in ("native", "python"))
    assert_same(native.outputs, expected, "the native engine")
    assert_same(python.outputs, expected, "the Python engine")
    assert native.sections == python.sections


def assert_close(actual: Arrays, expected: Arrays, after: str) -> None:
    """Assert that floats are within `TOLERANCE` and everything else is the same."""
    for name, array in expected.items():
        if array.dtype != np.float32:
            np.testing.assert_array_equal(actual[name], array, f"'{name}' after {after}")
            continue
        scale = float(np.abs(array).max(initial=0))
        error = float(np.abs(actual[name] - array).max(initial=0))
        assert error <= TOLERANCE * scale, f"'{name}' after {after}: {error} of {scale}"


def assert_same(actual: Arrays, expected: Arrays, after: str) -> None:
    """Assert that all bits are the same."""
    for name, array in expected.items():
        bits = np.uint8 if array.dtype == bool else np.int32
        np.testing.assert_array_equal(
            actual[name].view(bits), array.view(bits), f"'{name}' after {after}"
        )


def run_pass(module: ir.OpView, name: str) -> None:
    """Run one pass, given as in a pipeline."""
    run_pipeline(module, parse_pipeline(f"builtin.module({name})", CONTEXT, {}))


@cache
def roomy_machine() -> Machine:
    """Return plasticine with units that take whatever a random schedule asks of them."""
    ports = [f"{kind}_{way}" for kind in ("vector", "scalar", "control") for way in ("in", "out")]
    limits = [f"{u}.{what}" for u in ("pcu", "pmu") for what in (*ports, "contexts", "counters")]
    limits += ["pcu.stages", "pcu.registers", "pmu.stages"]
    return load_machine("plasticine", dict.fromkeys(limits, 99))
