"""Graphs on lanes compute what they did, on every element type, interpreted and on the fabric."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdu.frontends.sparse.builder import GraphBuilder, Operand
from rdu.frontends.sparse.kernels import KERNELS
from rdu.interpreter.run import run
from rdu.mlir_ext.driver import run_pass
from rdu.sparse import compile_graph
from rdu.support.diagnostics import RduError
from rdu.transforms.sam.parallelize import Parallelize
from rdu.transforms.sam.vectorize import Vectorize

TYPES = {"f32": np.float32, "i32": np.int32, "bf16": ml_dtypes.bfloat16}


def product(element, rows, columns, *, keeps=True):
    """Build X(i,j) = B(i,k) C(k,j), B sparse and C dense, or x(i), its sums over j."""
    form = {"B": Operand((rows, rows), ("compressed",) * 2)}
    form["C"] = Operand((rows, columns), ("dense",) * 2)
    g = GraphBuilder((rows, columns) if keeps else (rows,), form, element=element)
    left, right = g.tensor("B"), g.tensor("C")
    crd_i, bi = g.lookup(left, 0, g.root())
    crd_k, bk = g.lookup(left, 1, bi)
    crd_j, cj = g.lookup(right, 1, g.locate(right, 0, crd_k, g.root()))
    scaled = g.alu("mul", g.repeat(g.array(left, bk), cj), g.array(right, cj))
    if not keeps:
        rows_of = g.reduce("add", scaled, crd_k)
        return g.finish([crd_i], g.reduce("max", rows_of, crd_i))
    xj, x = g.accumulate("add", crd_k, [crd_j], scaled)
    return g.finish([crd_i, xj], x)


def operands(element, rows, columns, density, seed):
    random = np.random.default_rng(seed)
    kept = random.random((rows, rows)) < density
    return {
        "B": (kept * random.integers(-3, 4, kept.shape)).astype(TYPES[element]),
        "C": random.integers(-3, 4, (rows, columns)).astype(TYPES[element]),
    }


@pytest.mark.parametrize("machine", ["sam-ideal", "capstan"])
@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("element", TYPES)
def test_every_element_type(element, keeps, machine):
    given_ = operands(element, 6, 12, 0.4, seed=2)
    (expected,) = run(product(element, 6, 12, keeps=keeps), given_).values()
    module = product(element, 6, 12, keeps=keeps)
    assert run_pass(module, Vectorize, lanes=4) == {"graphs": 1, "walks": 1, "lanes": 4}
    np.testing.assert_array_equal(next(iter(run(module, given_).values())), expected)
    if element == "bf16":
        return  # `sam-to-rdu` has no bf16
    artifact = compile_graph(module, given_, machine=machine)
    (ours, fast), (theirs, slow) = (artifact.run(engine) for engine in ("native", "python"))
    np.testing.assert_array_equal(ours.to_dense(), expected)
    np.testing.assert_array_equal(theirs.to_dense(), expected)
    assert fast.sections == slow.sections


@settings(max_examples=40, deadline=None)
@given(
    rows=st.integers(1, 5),
    columns=st.integers(1, 24),
    lanes=st.integers(2, 16),
    density=st.sampled_from((0.0, 0.3, 1.0)),
    depth=st.sampled_from((None, 1, 2)),
    keeps=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_floats_are_those_of_the_interpreter(rows, columns, lanes, density, depth, keeps, seed):
    """To the bit, whatever the order of sums: the interpreter takes the same."""
    random = np.random.default_rng(seed)
    kept = random.random((rows, rows)) < density
    given_ = {
        "B": (kept * random.standard_normal(kept.shape)).astype(np.float32),
        "C": random.standard_normal((rows, columns)).astype(np.float32),
    }
    module = product("f32", rows, columns, keeps=keeps)
    plain = next(iter(run(module, given_).values()))
    run_pass(module, Vectorize, lanes=lanes)
    (expected,) = run(module, given_).values()
    np.testing.assert_allclose(expected, plain, rtol=1e-4, atol=1e-5)
    artifact = compile_graph(module, given_, fifo_depth=depth)
    (ours, fast), (theirs, slow) = (artifact.run(engine) for engine in ("native", "python"))
    assert ours.to_dense().tobytes() == theirs.to_dense().tobytes() == expected.tobytes()
    assert fast.sections == slow.sections


@pytest.mark.parametrize("first", [Vectorize, Parallelize])
def test_copies_on_lanes(first):
    """Copies and lanes go together, in either order."""
    random = np.random.default_rng(4)
    kept = random.random((9, 8)) < 0.5
    given_ = {
        "B": (kept * random.integers(1, 5, (9, 8))).astype(np.float32),
        "C": random.integers(1, 5, (9, 12)).astype(np.float32),
        "D": random.integers(1, 5, (8, 12)).astype(np.float32),
    }
    kernel = KERNELS["sddmm"]
    module = kernel.build(9, 8, 12)
    options = {Vectorize: {"lanes": 4}, Parallelize: {"factor": 3, "chunk": 2}}
    for each in (first, *({Vectorize, Parallelize} - {first})):
        counts = run_pass(module, each, **options[each])
        assert counts["graphs"] == 1
    artifact = compile_graph(module, given_)
    (ours, fast), (_, slow) = (artifact.run(engine) for engine in ("native", "python"))
    np.testing.assert_array_equal(ours.to_dense(), np.einsum(kernel.formula, *given_.values()))
    assert fast.sections == slow.sections


@pytest.mark.parametrize(("words", "fits"), [(12, True), (11, False)])
def test_a_memory_of_sums_has_a_word_for_each_lane(words, fits):
    given_ = operands("f32", 4, 12, 1.0, seed=3)
    module = product("f32", 4, 12)
    (expected,) = run(module, given_).values()
    run_pass(module, Vectorize, lanes=4)
    artifact = compile_graph(module, given_, machine="capstan", totals=words, fifo_depth=8)
    for engine in ("native", "python"):
        if fits:
            np.testing.assert_array_equal(artifact.run(engine).tensor.to_dense(), expected)
            continue
        with pytest.raises(RduError, match="totals"):
            artifact.run(engine)


EXTREMES = np.array([0, -0.0, 1, -1, np.inf, -np.inf, np.nan, 3e38], np.float32)


@settings(max_examples=40, deadline=None)
@given(
    columns=st.integers(1, 20),
    lanes=st.integers(2, 16),
    function=st.sampled_from(("add", "mul", "max", "min")),
    unary=st.sampled_from(("exp", "sigmoid", "neg")),
    seed=st.integers(0, 2**32 - 1),
)
def test_what_pads_the_last_chunk_counts_nowhere(columns, lanes, function, unary, seed):
    """Whatever a function makes of the padding, infinite and no numbers among it."""
    random = np.random.default_rng(seed)
    g = GraphBuilder((4,), {"B": Operand((4, columns), ("dense",) * 2)})
    rows, refs = g.lookup(g.tensor("B"), 0, g.root())
    _, refs = g.lookup(g.tensor("B"), 1, refs)
    values = g.unary(unary, g.array(g.tensor("B"), refs))
    module = g.finish([rows], g.reduce(function, values, rows))
    given_ = {"B": random.choice(EXTREMES, (4, columns))}
    plain = next(iter(run(module, given_).values()))
    run_pass(module, Vectorize, lanes=lanes)
    (expected,) = run(module, given_).values()
    np.testing.assert_allclose(expected, plain, rtol=1e-5)
    runs = [compile_graph(module, given_).run(engine) for engine in ("native", "python")]
    for tensor, _ in runs:
        assert tensor.to_dense().tobytes() == expected.tobytes()
    assert runs[0].result.sections == runs[1].result.sections


@pytest.mark.parametrize(("columns", "width"), [(100, 15), (97, 14), (96, 16), (17, 9), (13, 13)])
def test_there_are_as_few_chunks_as_can_be(columns, width):
    module = product("f32", 4, columns)
    assert run_pass(module, Vectorize, lanes=16)["lanes"] == width
    given_ = operands("f32", 4, columns, 0.6, seed=1)
    tensor, _ = compile_graph(module, given_, machine="capstan", fifo_depth=16).run()
    np.testing.assert_array_equal(tensor.to_dense(), given_["B"] @ given_["C"])
    blocks = tensor.values.reshape(-1, width)
    padding = -columns % width
    assert not padding or not np.any(
        blocks[-(-columns // width) - 1 :: -(-columns // width), -padding:]
    )


@pytest.mark.parametrize("lanes", [2, 5, 7])
@pytest.mark.parametrize("keeps", [True, False])
def test_vectors_of_what_stays_in_dram(keeps, lanes):
    """Rows of 14 values begin anywhere in bursts, and vectors of 5 are padded."""
    given_ = operands("f32", 6, 14, 0.5, seed=5)
    (expected,) = run(product("f32", 6, 14, keeps=keeps), given_).values()
    module = product("f32", 6, 14, keeps=keeps)
    run_pass(module, Vectorize, lanes=lanes)
    options = {"machine": "capstan", "residency": "dram", "fifo_depth": 16}
    artifact = compile_graph(module, given_, **options)
    assert "load_C_values" not in {unit.name for s in artifact.program.sections for unit in s.units}
    (ours, fast), (theirs, slow) = (artifact.run(engine) for engine in ("native", "python"))
    np.testing.assert_array_equal(ours.to_dense(), expected)
    np.testing.assert_array_equal(theirs.to_dense(), expected)
    assert fast.sections == slow.sections
