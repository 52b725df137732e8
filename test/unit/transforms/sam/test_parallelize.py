"""Parallel graphs compute what they did, whatever the copies and chunks, or say why they cannot."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdu.dialects import sam
from rdu.frontends.sparse.kernels import KERNELS
from rdu.frontends.sparse.notation import to_linalg
from rdu.interpreter.run import run
from rdu.mlir_ext.driver import run_pass, run_pipeline
from rdu.mlir_ext.functions import ops_of
from rdu.mlir_ext.pipeline import parse_pipeline
from rdu.pipelines import plain_to_sam
from rdu.semantics.fibertree import Coordinates, Format, build
from rdu.sparse import compile_graph
from rdu.transforms.sam.parallelize import Parallelize

COPIED = {
    "ewmul": (0, 1),
    "mm_ijk": (0, 1),
    "mm_ikj": (0,),
    "mttkrp": (0, 1),
    "plus2": (0, 1),
    "sddmm": (0, 1),
    "spmv": (0,),
}
"""Kernels and the levels that can be shared out: not those that an accumulator makes."""


def arrays(kernel, random, density):
    extents = {v: int(random.integers(1, 6)) for vs in kernel.operands.values() for v in vs}
    shapes = {name: [extents[v] for v in vs] for name, vs in kernel.operands.items()}
    made = {
        name: ((random.random(s) < density) * random.integers(1, 6, s)).astype(np.float32)
        for name, s in shapes.items()
    }
    return [extents[v] for v in sorted(extents)], made


@pytest.mark.parametrize(("name", "level"), [(n, level) for n in COPIED for level in COPIED[n]])
@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    density=st.sampled_from((0.0, 0.3, 0.7, 1.0)),
    factor=st.integers(2, 4),
    chunk=st.integers(1, 3),
)
def test_copies_compute_the_same(name, level, seed, density, factor, chunk):
    kernel = KERNELS[name]
    extents, operands = arrays(kernel, np.random.default_rng(seed), density)
    (expected,) = run(kernel.build(*extents), operands).values()
    module = kernel.build(*extents)
    (graph,) = ops_of(module, sam.GraphOp)
    most = np.prod([graph.output.type.shape[d] for d in graph.written_order[: level + 1]])
    counts = run_pass(module, Parallelize, level=level, factor=factor, chunk=chunk)
    assert counts["graphs"] == (most > chunk)
    for join in ops_of(module, sam.JoinOp):
        assert len(join.branches) == min(factor, -(-most // chunk))
    (computed,) = run(module, operands).values()
    np.testing.assert_array_equal(computed, expected)


@pytest.mark.parametrize(("name", "level"), [("mm_kij", 0), ("mm_kij", 1), ("mm_ikj", 1)])
def test_what_an_accumulator_makes_is_left_alone(name, level):
    module = KERNELS[name].build(3, 4, 5)
    before = str(module)
    assert run_pass(module, Parallelize, level=level)["graphs"] == 0
    assert str(module) == before


@pytest.mark.parametrize("blocks", [(2, 2), (2, 1), (4, 1)])
@pytest.mark.parametrize("factor", [2, 3])
def test_levels_that_an_accumulator_makes_together_are_left_alone(blocks, factor):
    """A product with blocks in columns: level 0 comes with the blocks and what is in them."""
    form = Format.of(["dense", "compressed", *(f"blocked:{n}" for n in blocks)], (1, 0, 0, 1))
    points = Coordinates.from_dense(np.ones((4, 4), np.float32))
    stored = build(points, form.without_single_blocks())
    operands = {"B": stored, "C": np.ones((4, 2), np.float32)}
    module = to_linalg("X(i,k) = B(i,j) * C(j,k)", operands)
    run_pipeline(module, parse_pipeline(plain_to_sam("auto"), module.context))
    before = str(module)
    with module.context.channel.capture() as said:
        assert run_pass(module, Parallelize, factor=factor)["graphs"] == 0
    assert "'sam.accumulate' makes streams under level 0" in "".join(each.message for each in said)
    assert str(module) == before
    for engine in ("native", "python"):
        x, _ = compile_graph(module, operands).run(engine)
        np.testing.assert_array_equal(x.to_dense(), np.full((4, 2), 4))


@pytest.mark.parametrize("level", [0, 1, 2])
def test_several_results_of_one_primitive_pass_drops(level):
    """Rows without values are dropped by each of what an accumulator makes."""
    operands = {"B": np.array([[[0, -2], [-2, -3]]], np.float32), "c": np.array([1, 0], np.float32)}
    module = to_linalg(
        "X(j,i,l) = sum[m](B(m,i,l) + c(i))",
        {"X": (3, 2, 2), **operands},
        formats={"B": "ssd", "c": "s", "X": "sss"},
        order="jmil",
    )
    run_pipeline(module, parse_pipeline(plain_to_sam("none"), module.context))
    counts = run_pass(module, Parallelize, level=level)
    assert counts["graphs"] == (level == 0)
    x, _ = compile_graph(module, operands).run()
    expected = operands["B"].sum(0) + operands["c"][:, None]
    np.testing.assert_array_equal(x.to_dense(), np.broadcast_to(expected, (3, 2, 2)))


@pytest.mark.parametrize("form", ["s", "d"])
@pytest.mark.parametrize("level", [0, 1])
@pytest.mark.parametrize("text", ["X(i,j) = M(i,j) * C(j,j)", "X(i,j) = M(i,j) + C(i,i)"])
def test_diagonals_under_what_is_shared_out(text, level, form):
    random = np.random.default_rng(2)
    m, c = (((random.random((6, 6)) < 0.5) * 3).astype(np.float32) for _ in "MC")
    expected = m * np.diag(c) if "C(j,j)" in text else m + np.diag(c)[:, None]
    operands = {"M": m, "C": c}
    formats = dict.fromkeys(operands, 2 * form)
    module = to_linalg(text, operands, formats=formats)
    run_pipeline(module, parse_pipeline(plain_to_sam(), module.context))
    with module.operation.context, module.operation.location:
        assert run_pass(module, Parallelize, level=level, factor=2)["graphs"] == 1
    tensor, _ = compile_graph(module, operands).run()
    np.testing.assert_array_equal(tensor.to_dense(), expected)
