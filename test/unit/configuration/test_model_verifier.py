"""What no text can say: programs that only the model can build are refused all the same."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from broken_programs import BY_MODEL_ONLY, SOUND

from rdu.configuration import read, verify
from rdu.configuration.messages import MESSAGES
from rdu.configuration.model import Context, Net, Port, Program, Route, Sparse
from rdu.targets import load_machine


def with_context(base: str, name: str, change: Callable[[Context], Context]) -> Program:
    """A sound program with the context `unit.context` of its section changed."""
    program = read(SOUND[base])
    (section,) = program.sections
    units = tuple(
        replace(
            unit,
            contexts=tuple(
                change(context) if f"{unit.name}.{context.name}" == name else context
                for context in unit.contexts
            ),
        )
        for unit in section.units
    )
    return replace(program, sections=(replace(section, units=units),))


def with_port(base: str, name: str, change: Callable[[Port], Port]) -> Program:
    """A sound program with the input `unit.context.port` changed."""
    context, _, port = name.rpartition(".")
    return with_context(
        base,
        context,
        lambda c: replace(c, inputs=tuple(change(p) if p.name == port else p for p in c.inputs)),
    )


def lanes_on_stops(context: Context) -> Context:
    outer, inner = context.counters
    return replace(context, counters=(outer, replace(inner, par=4)))


def two_results(context: Context) -> Context:
    assert isinstance(context.action, Route)
    return replace(context, action=replace(context.action, by=None))


def constant_reference(context: Context) -> Context:
    assert isinstance(context.action, Sparse)
    return replace(context, inputs=(), action=replace(context.action, inputs=(2,)))


def routed_packets() -> Program:
    program = read(SOUND["array"])
    (section,) = program.sections

    def routed(net: Net) -> Net:
        return replace(net, sinks=tuple(replace(s, route=((1, 1),)) for s in net.sinks))

    nets = (routed(section.nets[0]), *section.nets[1:])
    return replace(program, sections=(replace(section, nets=nets),))


CASES = {
    "control-type": (
        with_port("stages", "work.main.go", lambda p: replace(p, dtype="f32")),
        "element type of control port 'go' is wrong: expected none, got f32",
    ),
    "stream-kind": (
        with_port("streams", "sum.main.z", lambda p: replace(p, kind="control", dtype=None)),
        "stream 'z' carries no values: expected a stream of vectors or scalars, got control",
    ),
    "until-lanes": (
        with_context("streams", "sum.main", lanes_on_stops),
        "counter 'j' of a stream has lanes: expected 1 lane, got 4",
    ),
    "primitive-form": (
        with_context("streams", "split.keep", two_results),
        "'filter' has the wrong number of ports: expected its form, got 1 inputs, 1 outputs",
    ),
    "sparse-operand": (
        with_context("sparse", "A1.main", constant_reference),
        "'array' has the wrong operands: expected inputs, got constant 2",
    ),
    "two-ways": (
        routed_packets(),
        "channel to 'array.main.a' has a route and needs none: expected one way, "
        "got one of length 1 and dynamic",
    ),
}
"""By message: a program with such a fault, and what is said of it."""


@pytest.mark.parametrize("code", CASES)
def test_a_fault_of_the_model_is_reported(code: str) -> None:
    program, text = CASES[code]
    said = [finding.message for finding in verify(program, load_machine(program.machine))]
    assert text in said
    assert text.startswith(MESSAGES[code].text.partition("{")[0])


def test_every_fault_of_the_model_is_provoked() -> None:
    assert set(CASES) >= BY_MODEL_ONLY
