"""Operands and results that no scratchpad holds, on `capstan` and its grid with less room."""

import numpy as np
import pytest
import scipy.sparse
from small_machines import with_scratchpads

from rdu.configuration.model import Sparse
from rdu.frontends.sparse.kernels import KERNELS
from rdu.sparse import compile_expression, compile_graph
from rdu.support.diagnostics import RduError

IN_DRAM = {"bounds", "fetch"}


def matrix(rows, columns, stored, seed=0):
    """Return a matrix of small whole numbers as f32, whose sums are exact."""
    rng = np.random.default_rng(seed)
    density = stored / rows / columns
    found = scipy.sparse.random(rows, columns, density, "csr", np.float32, rng)
    found.data = np.ceil(4 * found.data)
    return found


def operand(shape, density, seed):
    rng = np.random.default_rng(seed)
    return ((rng.random(shape) < density) * rng.integers(-4, 5, shape)).astype(np.float32)


def primitives(artifact):
    contexts = [c for section in artifact.program.sections for _, c in section.contexts()]
    return [c.action.primitive for c in contexts if isinstance(c.action, Sparse)]


def touches(context, tensor):
    return isinstance(context.action, Sparse) and tensor in context.action.tensors


@pytest.fixture
def little(tmp_path):
    """Return `capstan` with scratchpads of 512 bytes."""
    return with_scratchpads(tmp_path, 512)


@pytest.mark.parametrize("density", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("name", KERNELS)
def test_kernels_compute_the_same_wherever_their_tensors_are(name, density):
    kernel = KERNELS[name]
    letters = sorted(set("".join(kernel.operands.values())))
    extents = dict(zip(letters, range(5, 15), strict=False))
    operands = {
        each: operand([extents[v] for v in variables], density, seed)
        for seed, (each, variables) in enumerate(kernel.operands.items())
    }
    module = kernel.build(*(extents[v] for v in letters))
    expected = compile_graph(module, operands).run().tensor.to_dense()
    artifact = compile_graph(module, operands, machine="capstan", residency="dram")
    runs = [artifact.run(engine) for engine in ("python", "native")]
    for tensor, _ in runs:
        np.testing.assert_array_equal(tensor.to_dense(), expected)
    assert runs[0].result.sections == runs[1].result.sections


@pytest.mark.parametrize("name", ["spmv", "mm_ijk", "mm_ikj", "plus2", "ewmul3"])
def test_what_fits_is_on_scratchpads_and_the_rest_is_not(name, little):
    kernel = KERNELS[name]
    letters = sorted(set("".join(kernel.operands.values())))
    extents = dict.fromkeys(letters, 40)
    operands = {
        each: operand([40] * len(variables), 0.15, seed)
        for seed, (each, variables) in enumerate(kernel.operands.items())
    }
    module = kernel.build(*extents.values())
    expected = compile_graph(module, operands).run().tensor.to_dense()
    artifact = compile_graph(module, operands, machine=little)
    words = primitives(artifact)
    assert {*words} >= IN_DRAM
    assert "lookup" in words
    runs = [artifact.run(engine) for engine in ("python", "native")]
    for tensor, _ in runs:
        np.testing.assert_array_equal(tensor.to_dense(), expected)
    assert runs[0].result.sections == runs[1].result.sections


def test_what_is_kept_between_graphs_stays_in_the_tier(little):
    """The product of two matrices is written to the tier, and read there by the next graph."""
    operands = {name: operand((30, 30), 0.2, seed) for seed, name in enumerate("BCD")}
    text = "T(i,j) = B(i,k) * C(k,j); X(i,j) = T(i,k) * D(k,j)"
    artifact = compile_expression(
        text, operands, formats=dict.fromkeys("BCD", "csr"), fusion="none", machine=little
    )
    written, read = (
        {
            c.action.primitive: unit.kind
            for unit, c in section.contexts()
            if touches(c, "kept.values")
        }
        for section in artifact.program.sections
    )
    assert written == {"write_values": "ag"}
    assert read == {"array": "ag"}
    for engine in ("python", "native"):
        got = artifact.run(engine).tensor.to_dense()
        np.testing.assert_array_equal(got, operands["B"] @ operands["C"] @ operands["D"])


def test_a_walk_that_skips_has_its_level_on_a_scratchpad():
    operands = {"b": operand((60,), 0.5, 1), "c": operand((60,), 0.05, 2)}
    artifact = compile_expression(
        "x = b(i) * c(i)",
        operands,
        formats={"b": "s", "c": "s"},
        skip=True,
        machine="capstan",
        residency="dram",
    )
    words = primitives(artifact)
    assert "skip_lookup" in words
    assert not IN_DRAM & {*words}
    for engine in ("python", "native"):
        assert artifact.run(engine).tensor.to_dense() == operands["b"] @ operands["c"]


def test_millions_of_nonzeros_times_a_vector():
    operands = {
        "A": matrix(500_000, 500_000, 3_000_000),
        "x": np.random.default_rng(1).integers(-3, 4, 500_000).astype(np.float32),
    }
    artifact = compile_expression(
        "y(i) = A(i,j) * x(j)", operands, formats={"A": "ss"}, machine="capstan", fifo_depth=64
    )
    got, run = artifact.run()
    np.testing.assert_array_equal(got.to_dense(), operands["A"] @ operands["x"])
    assert run.cycles > 3_000_000, "a token a cycle"


def test_large_matrices_times_each_other():
    left, right = (matrix(20_000, 20_000, 200_000, seed) for seed in (1, 2))
    artifact = compile_expression(
        "X(i,j) = B(i,k) * C(k,j)",
        {"B": left, "C": right},
        formats={"B": "csr", "C": "csr"},
        order=["i", "k", "j"],
        machine="capstan",
        fifo_depth=64,
    )
    got = artifact.run().tensor
    expected = (left @ right).tocsr()
    expected.sort_indices()
    np.testing.assert_array_equal(got.values, expected.data)
    np.testing.assert_array_equal(got.levels[1].crds, expected.indices)


@pytest.mark.parametrize("engine", ["native", "python"])
@pytest.mark.parametrize("machine", ["capstan", "sam-ideal"])
def test_a_fault_ends_a_run_whatever_would_follow(engine, machine):
    """The last row has 2^31 positions by its segments, of which `range` knows nothing else.

    They would take as many cycles, and places in channels without an end. The first of them that is
    no coordinate's is a fault, long after bursts have been asked for: nothing behind it is done.
    """
    stored = matrix(40, 40, 500)
    artifact = compile_expression(
        "y(i) = A(i,j) * x(j)",
        {"A": stored, "x": np.ones(40, np.float32)},
        formats={"A": "csr"},
        residency="dram",
        machine=machine,
        fifo_depth="inf",
    )
    artifact.arrays["A.segments1"][-1] = 2**31 - 1
    with pytest.raises(RduError, match=r"in 'A.coordinates1' is out of range"):
        artifact.run(engine)
