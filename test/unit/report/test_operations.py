"""Operations are counted from the text: steps times live lanes, a fused step twice."""

import pytest

from rdu.configuration.model import Compute, Context, Counter, Load, Operation, Port
from rdu.report.operations import context_operations

LANES = 16
X = Port("x", "vector", "f32", "k")
Y = Port("y", "scalar", "f32", "k")


def compute(*counters: Counter, ports: tuple[Port, ...] = (X,), repeat: int = 1) -> Context:
    operations = (
        Operation("p", "mulf", ("x", "x")),
        Operation("q", "fma", ("x", "x", "p")),
        Operation("s", "addf", ("q",), over="k"),
    )
    return Context("c", counters, ports, (), Compute(operations, ()), repeat)


STEPS = 4


@pytest.mark.parametrize(
    ("context", "lanes"),
    [
        (compute(Counter("k", 0, 32, par=16)), 32),
        (compute(Counter("k", 0, 20, par=16)), 20),
        (compute(Counter("n", 0, 3), Counter("k", 0, 20, step=2, par=4)), 30),
        (compute(Counter("k", 0, 20, par=16), repeat=5), 100),
        (compute(Counter("k", 7, 7, par=16)), 0),
        (compute(Counter("k", 0, 10)), 10 * LANES),
        (compute(Counter("k", 0, 10), ports=(Y,)), 10),
    ],
)
def test_live_lanes(context: Context, lanes: int) -> None:
    assert context_operations(context, LANES) == STEPS * lanes


def test_what_only_moves_data_does_not_count() -> None:
    load = Context("l", (Counter("k", 0, 32, par=16),), (), (X,), Load("a", (), "x"))
    assert context_operations(load, LANES) == 0
