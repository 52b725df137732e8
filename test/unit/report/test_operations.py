"""Operations are counted from the text: steps times live lanes, a fused step twice."""

import numpy as np
import pytest

from rdu.configuration.model import Compute, Context, Counter, Load, Operation, Port
from rdu.report.operations import context_operations, section_operations
from rdu.sparse import compile_expression
from rdu.targets import load_machine

PLASTICINE = load_machine("plasticine")
LANES = PLASTICINE.pcu.lanes
FIRINGS = 7
X = Port("x", "vector", "f32", "k")
Y = Port("y", "scalar", "f32", "k")


def compute(*counters: Counter, ports: tuple[Port, ...] = (X,), repeat: int | None = 1) -> Context:
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
    assert context_operations(context, PLASTICINE, FIRINGS) == STEPS * lanes


@pytest.mark.parametrize(
    ("context", "lanes"),
    [
        (compute(Counter("k", 0, "n", par=16)), FIRINGS * LANES),
        (compute(Counter("k", 0, "n")), FIRINGS * LANES),
        (compute(Counter("k", 0, "n"), ports=(Y,)), FIRINGS),
        (compute(Counter("k", 0, 32, par=16), repeat=None), FIRINGS * LANES),
    ],
)
def test_firings_of_the_run_count_where_data_decides(context: Context, lanes: int) -> None:
    assert context_operations(context, PLASTICINE, FIRINGS) == STEPS * lanes


def test_an_array_works_on_all_its_elements() -> None:
    lab = load_machine("lab")
    assert lab.systolic is not None
    operations = (
        Operation("y", "systolic", ("x", "x"), over="k"),
        Operation("z", "addf", ("y", "y")),
    )
    counters = Counter("t", 0, 3), Counter("k", 0, 10)
    context = Context("c", counters, (X, X), (), Compute(operations, ()))
    elements = lab.systolic.rows * lab.systolic.columns
    assert context_operations(context, lab, 30) == elements * (2 * 30 + 3)


def test_what_only_moves_data_does_not_count() -> None:
    load = Context("l", (Counter("k", 0, 32, par=16),), (), (X,), Load("a", (), "x"))
    assert context_operations(load, PLASTICINE, FIRINGS) == 0


def test_sparse_primitives_count_values() -> None:
    """A product of 12 pairs of which 5 meet: 5 multiplications and 5 additions, no stop counts."""
    b, c = np.zeros(12, np.float32), np.ones(12, np.float32)
    b[[0, 3, 4, 7, 11]] = 1
    artifact = compile_expression("x = b(i) * c(i)", {"b": b, "c": c}, formats={"b": "s"})
    _, result = artifact.run()
    (section,) = artifact.program.sections
    assert section_operations(section, artifact.machine, result.sections[0]) == 10
