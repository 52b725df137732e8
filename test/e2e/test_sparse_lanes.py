"""Programs on lanes compute what they do without, in fewer cycles, and alike in both engines."""

import numpy as np
import pytest
import scipy.sparse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notation_references import REFERENCES
from test_sparse_expressions import operands as adversarial

from rdu.configuration import verify
from rdu.frontends.sparse.notation import KERNELS
from rdu.sparse import compile_expression
from rdu.support.diagnostics import RduError, UsageError

PROGRAMS = {
    "spmv, dense rows": ("x(i) = B(i,j) * c(j)", {"B": "sd", "c": "d"}, "ij"),
    "spmm, rows": ("X(i,j) = B(i,k) * C(k,j)", {"B": "ss", "C": "dd", "X": "ss"}, "ikj"),
    "spmm, inner products": ("X(i,j) = B(i,k) * C(k,j)", {"B": "sd", "C": "dd:1,0"}, "ijk"),
    "sddmm": ("X(i,j) = B(i,j) * C(i,k) * D(j,k)", {"B": "ss", "C": "dd", "D": "dd"}, "ijk"),
    "mttkrp": (
        "X(i,j) = B(i,k,l) * C(k,j) * D(l,j)",
        {"B": "sss", "C": "dd", "D": "dd"},
        "iklj",
    ),
    "sum": ("X(i,j) = B(i,j) + C(i,j)", {"B": "dd", "C": "dd"}, "ij"),
    "relu": ("X(i,j) = relu(B(i,j) - 3)", {"B": "dd"}, "ij"),
    "blocks of rows": ("X(i,j) = B(i,k) * C(k,j)", {"B": "3x4", "C": "dd"}, None),
    "blocks of columns": ("x(i) = B(i,j) * c(j)", {"B": "2x4", "c": "d"}, None),
    "two layers": (
        "H(i,k) = relu(A(i,j) * F(j,k)); X(i,l) = H(i,m) * W(m,l)",
        {"A": "ss", "F": "dd", "W": "dd"},
        None,
    ),
}
"""Text, formats, or blocks of a matrix, and loops; every extent is 12."""

NUMPY = {
    "spmv, dense rows": lambda m: m["B"] @ m["c"],
    "spmm, rows": lambda m: m["B"] @ m["C"],
    "spmm, inner products": lambda m: m["B"] @ m["C"],
    "sddmm": lambda m: m["B"] * (m["C"] @ m["D"].T),
    "mttkrp": lambda m: np.einsum("ikl,kj,lj->ij", m["B"], m["C"], m["D"]),
    "sum": lambda m: m["B"] + m["C"],
    "relu": lambda m: np.maximum(m["B"] - 3, 0),
    "blocks of rows": lambda m: m["B"] @ m["C"],
    "blocks of columns": lambda m: m["B"] @ m["c"],
    "two layers": lambda m: np.maximum(m["A"] @ m["F"], 0) @ m["W"],
}

EXTENT = 12


def arrays(name, density, dtype, seed=0):
    """Return whole numbers, so that every order of a sum gives the same; dense ones are full."""
    text, formats, _ = PROGRAMS[name]
    random = np.random.default_rng([seed, *name.encode()])
    made = {}
    for operand, form in formats.items():
        if operand in text.partition("=")[0]:
            continue
        block = tuple(map(int, form.split("x"))) if "x" in form else None
        shape = [EXTENT] * (2 if block else len(form.partition(":")[0]))
        kept = random.random(shape) < (density if block or "s" in form else 1)
        array = (random.integers(-4, 6, shape) * kept).astype(dtype)
        made[operand] = scipy.sparse.bsr_array(array, blocksize=block) if block else array
    return made


def compiled(name, given, **options):
    text, formats, order = PROGRAMS[name]
    formats = {n: form for n, form in formats.items() if "x" not in form}
    return compile_expression(text, given, formats=formats, order=order, **options)


@pytest.mark.parametrize("density", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("dtype", [np.float32, np.int32])
@pytest.mark.parametrize("name", PROGRAMS)
def test_lanes_change_cycles_and_nothing_else(name, dtype, density):
    given = arrays(name, density, dtype)
    expected = NUMPY[name](given)
    cycles = []
    for lanes in (1, 3, "auto"):
        artifact = compiled(name, given, lanes=lanes)
        assert verify(artifact.program, artifact.machine) == []
        (ours, fast), (theirs, slow) = (artifact.run(engine) for engine in ("native", "python"))
        np.testing.assert_array_equal(ours.to_dense(), expected)
        np.testing.assert_array_equal(theirs.to_dense(), expected)
        assert fast.sections == slow.sections
        cycles.append(fast.cycles)
    if density:
        assert cycles[0] > cycles[1] > cycles[2]


@pytest.mark.parametrize("name", PROGRAMS)
def test_lanes_on_a_grid(name):
    given = arrays(name, 0.3, np.float32)
    scalar, wide = (compiled(name, given, lanes=n, machine="capstan") for n in (1, "auto"))
    assert verify(wide.program, wide.machine) == []
    (ours, fast), (theirs, slow) = (wide.run(engine) for engine in ("native", "python"))
    np.testing.assert_array_equal(ours.to_dense(), NUMPY[name](given))
    np.testing.assert_array_equal(theirs.to_dense(), ours.to_dense())
    assert fast.sections == slow.sections
    assert fast.cycles < scalar.run().result.cycles


@pytest.mark.parametrize("fifo_depth", [1, 2, 8])
@pytest.mark.parametrize("name", PROGRAMS)
def test_lanes_with_short_fifos(name, fifo_depth):
    given = arrays(name, 0.5, np.float32)
    artifact = compiled(name, given, lanes=4, fifo_depth=fifo_depth)
    (ours, fast), (_, slow) = (artifact.run(engine) for engine in ("native", "python"))
    np.testing.assert_array_equal(ours.to_dense(), NUMPY[name](given))
    assert fast.sections == slow.sections


@pytest.mark.parametrize("machine", ["sam-ideal", "capstan"])
def test_room_is_for_what_there_is(machine):
    given = arrays("spmm, rows", 0.1, np.float32)
    options = {"lanes": 4, "machine": machine, "capacity": "observed"}
    tree, _ = compiled("spmm, rows", given, **options).run()
    np.testing.assert_array_equal(tree.to_dense(), NUMPY["spmm, rows"](given))


def test_sums_of_floats_are_those_of_lanes_and_trees():
    random = np.random.default_rng(0)
    given = {name: random.standard_normal(24).astype(np.float32) for name in "bc"}
    formats = dict.fromkeys("bc", "d")
    artifact = compile_expression("x = b(i) * c(i)", given, formats=formats, lanes=8)
    lanes = (given["b"] * given["c"]).reshape(3, 8)
    total = (np.float32(0) + lanes[0] + lanes[1]) + lanes[2]
    while len(total) > 1:
        total = total[::2] + total[1::2]
    tree, _ = artifact.run()
    assert tree.to_dense() == total[0]


def test_more_lanes_than_there_are():
    given = arrays("sum", 1, np.float32)
    given = {name: np.tile(array, (1, 4)) for name, array in given.items()}
    with pytest.raises(RduError, match="takes vectors of more lanes than there are"):
        compiled("sum", given, lanes=24, machine="capstan")


def test_less_than_one_lane():
    with pytest.raises(UsageError, match="expected a whole number from 1"):
        compiled("sum", arrays("sum", 1, np.float32), lanes=0)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from(sorted(KERNELS)), seed=st.integers(0, 40), lanes=st.sampled_from((2, 3, 5))
)
def test_expressions_of_sam_with_dense_operands(name, seed, lanes):
    """Many extents have no chunks; what has some computes the same."""
    kernel = KERNELS[name]
    given = adversarial(kernel, seed)
    results = {r: f for r, f in kernel.formats.items() if r not in given}
    formats = {n: form.replace("s", "d") for n, form in kernel.formats.items()} | results
    artifact = compile_expression(
        kernel.statement, given, formats=formats, order=kernel.order, lanes=lanes
    )
    tree, _ = artifact.run()
    np.testing.assert_array_equal(tree.to_dense(), REFERENCES[name](given))
