"""Results that are made range by range: the same, whatever the ranges, and left alone if not."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdu.analysis.sparse.target import IDEAL
from rdu.frontends.sparse.builder import GraphBuilder, Operand
from rdu.frontends.sparse.kernels import KERNELS
from rdu.frontends.sparse.notation.lowering import to_linalg
from rdu.interpreter.run import run
from rdu.mlir_ext.driver import run_pass, run_pipeline
from rdu.mlir_ext.pipeline import parse_pipeline
from rdu.pipelines import plain_to_sam
from rdu.sparse import compile_expression, compile_graph
from rdu.transforms.sam.parallelize import Parallelize
from rdu.transforms.sam.tile import Tile
from rdu.transforms.sam.vectorize import Vectorize

SPARSE = ["compressed", "compressed"]


def matrix(shape, seed, density=0.4):
    rng = np.random.default_rng(seed)
    return ((rng.random(shape) < density) * rng.integers(-4, 5, shape)).astype(np.float32)


def tiled(module, extent):
    """Return whether the pass changes a module, which it does in place."""
    before = str(module)
    with module.operation.context, module.operation.location:
        run_pass(module, Tile, extent=extent)
    assert module.operation.verify()
    return str(module) != before


def check(module, operands, expected, **options):
    for machine in ("sam-ideal", "capstan"):
        artifact = compile_graph(module, operands, machine=machine, **options)
        runs = [artifact.run(engine) for engine in ("native", "python")]
        for tensor, _ in runs:
            np.testing.assert_array_equal(tensor.to_dense(), expected)
        assert runs[0].result.sections == runs[1].result.sections


@pytest.mark.parametrize("density", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("extent", [1, 2, 3, 5])
def test_outer_products_in_ranges(extent, density):
    operands = {"B": matrix((6, 4), 1, density), "C": matrix((4, 5), 2, density)}
    expected = operands["B"] @ operands["C"]
    module = KERNELS["mm_kij"].build(6, 5, 4)
    check(module, operands, expected, extent=extent)
    assert tiled(module, extent)
    (got,) = run(module, list(operands.values())).values()
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("density", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("extent", [1, 2, 3, 4])
def test_rows_in_ranges(extent, density):
    """What is merged under each row: ranges of columns, which follow each other in the row."""
    operands = {"B": matrix((6, 4), 1, density), "C": matrix((4, 5), 2, density)}
    module = KERNELS["mm_ikj"].build(6, 5, 4)
    check(module, operands, operands["B"] @ operands["C"], extent=extent)
    assert tiled(module, extent)
    (got,) = run(module, list(operands.values())).values()
    np.testing.assert_array_equal(got, operands["B"] @ operands["C"])


@pytest.mark.parametrize("name", [name for name in KERNELS if name not in ("mm_kij", "mm_ikj")])
def test_kernels_that_merge_nothing_stay(name):
    kernel = KERNELS[name]
    letters = sorted(set("".join(kernel.operands.values())))
    assert not tiled(kernel.build(*(4 for _ in letters)), 2)


def test_one_range_is_no_loop():
    assert not tiled(KERNELS["mm_kij"].build(6, 5, 4), 6)


def sums(g, tensor, root):
    """Add the sums of the columns of a matrix to a graph."""
    rows, refs = g.lookup(tensor, 0, root)
    columns, refs = g.lookup(tensor, 1, refs)
    return rows, columns, g.array(tensor, refs)


def test_sums_of_columns_beside_what_is_not_merged():
    """x = b + the sums of the columns of M: only what is merged is cut."""
    g = GraphBuilder((7,), {"M": Operand((5, 7), SPARSE), "b": Operand((7,), SPARSE[:1])})
    rows, columns, values = sums(g, g.tensor("M"), g.root())
    total = g.accumulate("add", rows, [columns], values)
    found = g.lookup(g.tensor("b"), 0, g.root())
    crd, left, right = g.union(total, (found[0], g.array(g.tensor("b"), found[1])))
    module = g.finish([crd], g.alu("add", left, right))
    operands = {"M": matrix((5, 7), 1), "b": matrix((7,), 2)}
    check(module, operands, operands["M"].sum(0) + operands["b"], extent=3)
    assert tiled(module, 3)
    assert str(module).count('"sam.mask"') == 2


def test_what_is_located_from_the_root_stays_there():
    """y = the sums of the columns of M, each times an element of a dense vector."""
    g = GraphBuilder((7,), {"M": Operand((5, 7), SPARSE), "b": Operand((7,), ["dense"])})
    rows, columns, values = sums(g, g.tensor("M"), g.root())
    found = g.array(g.tensor("b"), g.locate(g.tensor("b"), 0, columns, g.root()))
    total = g.accumulate("add", rows, [columns], g.alu("mul", values, found))
    module = g.finish([total[0]], total[1])
    operands = {"M": matrix((5, 7), 1), "b": matrix((7,), 2)}
    check(module, operands, operands["M"].sum(0) * operands["b"], extent=2)


def test_copies_in_parallel_of_a_graph_in_ranges():
    operands = {"B": matrix((9, 4), 1, 0.6), "C": matrix((4, 5), 2, 0.6)}
    module = KERNELS["mm_kij"].build(9, 5, 4)
    assert tiled(module, 4)
    with module.operation.context:
        run_pass(module, Parallelize, level=1, factor=2)
    check(module, operands, operands["B"] @ operands["C"])


def test_what_is_computed_of_all_sums_sees_them_whole():
    """Each sum of a column, less the sum of all."""
    g = GraphBuilder((7,), {"M": Operand((5, 7), SPARSE)})
    rows, columns, values = sums(g, g.tensor("M"), g.root())
    crd, total = g.accumulate("add", rows, [columns], values)
    whole = g.reduce("add", total, g.root())
    module = g.finish([crd], g.alu("sub", total, g.repeat(whole, crd)))
    sums_of = matrix((5, 7), 1, 1.0).sum(0)
    check(module, {"M": matrix((5, 7), 1, 1.0)}, sums_of - sums_of.sum(), extent=2)
    assert tiled(module, 2)


def outer_product(columns):
    """Compile a product of full matrices of two rows; returns it with what NumPy computes."""
    left, right = np.ones((2, 2), np.float32), np.ones((2, columns), np.float32)
    artifact = compile_expression(
        "X(i,j) = B(k,i) * C(k,j)",
        {"B": left, "C": right},
        formats={"B": "ss", "C": "ss"},
        order="kij",
        machine="capstan",
        fifo_depth=64,
    )
    return artifact, left.T @ right


@pytest.mark.parametrize("columns", [40_000, 80_000])
def test_a_range_may_be_a_part_of_a_row(columns):
    artifact, expected = outer_product(columns)
    np.testing.assert_array_equal(artifact.run().tensor.to_dense(), expected)


def test_a_row_of_a_product_may_be_wider_than_a_scratchpad():
    left, right = matrix((3, 4), 1, 0.6), matrix((4, 70_000), 2, 0.1)
    artifact = compile_expression(
        "X(i,j) = B(i,k) * C(k,j)",
        {"B": left, "C": right},
        formats={"B": "ss", "C": "ss"},
        order="ikj",
        machine="capstan",
        fifo_depth=64,
    )
    np.testing.assert_array_equal(artifact.run().tensor.to_dense(), left @ right)


def test_columns_of_a_wide_matrix_are_summed_range_by_range():
    wide = np.zeros((3, 80_000), np.float32)
    wide[:, ::3] = np.arange(3)[:, None] + 1
    artifact = compile_expression(
        "x(j) = B(i,j)", {"B": wide}, formats={"B": "ss"}, order="ij", machine="capstan"
    )
    np.testing.assert_array_equal(artifact.run().tensor.to_dense(), wide.sum(0))


@pytest.mark.parametrize("lanes", [2, 4])
@pytest.mark.parametrize("extent", [1, 2, 4])
@pytest.mark.parametrize("text", ["X(i,j) = B(i,k) * C(k,j)", "x(i) = B(i,k) * C(k,j)"])
def test_ranges_of_vectors(text, extent, lanes):
    b, c = matrix((6, 4), 1), matrix((4, 8), 2)
    expected = b @ c if "X" in text else (b @ c).sum(1)
    formats = {"B": "ss:1,0", "C": "dd"}
    options = {"formats": formats, "lanes": lanes, "extent": extent}
    for machine in ("sam-ideal", "capstan"):
        artifact = compile_expression(text, {"B": b, "C": c}, machine=machine, **options)
        runs = [artifact.run(engine) for engine in ("native", "python")]
        for tensor, _ in runs:
            np.testing.assert_array_equal(tensor.to_dense(), expected)
        assert runs[0].result.sections == runs[1].result.sections


DIAGONALS = {
    "x(i) = M(k,i) * B(i,i)": ("ki,ii->i", "ki"),
    "x(i) = B(k,k) * M(k,i)": ("kk,ki->i", "ki"),
    "x(j) = T(k,k,j)": ("kkj->j", "kj"),
    "X(i,j) = T(k,i,k) * M(i,j)": ("kik,ij->ij", "kij"),
    "X(i,j) = T(k,i,j) * M(i,i) * B(j,j)": ("kij,ii,jj->ij", "kij"),
}


@pytest.mark.parametrize("form", ["s", "d"])
@pytest.mark.parametrize("text", DIAGONALS)
def test_diagonals_in_ranges(text, form):
    """Levels that store a variable once more are filtered in each range as in the whole."""
    subscripts, order = DIAGONALS[text]
    shapes = {"M": (6, 6), "B": (6, 6), "T": (6, 6, 6)}
    named = sorted((name for name in shapes if f"{name}(" in text), key=text.index)
    operands = {name: matrix(shapes[name], seed, 0.5) for seed, name in enumerate(named)}
    formats = {name: ("s" if name == "T" else form) * each.ndim for name, each in operands.items()}
    expected = np.einsum(subscripts, *operands.values())
    for machine in ("sam-ideal", "capstan"):
        cycles = []
        for extent in (None, 1, 4):
            artifact = compile_expression(
                text, operands, formats=formats, order=order, machine=machine, extent=extent
            )
            runs = [artifact.run(engine) for engine in ("native", "python")]
            for tensor, run_of in runs:
                np.testing.assert_array_equal(tensor.to_dense(), expected)
                assert run_of.sections == runs[0][1].sections
            cycles.append(runs[0][1].cycles)
        assert len(set(cycles)) > 1


MERGED = {
    "x(j) = M(i,j)": "ij",
    "X(i,j) = B(i,k) * C(k,j)": "ikj",
    "X(i,j) = B(i,k) * (C(k,j) + M(k,j))": "ikj",
    "X(i,j,k) = T(i,l,j) * B(l,k)": "iljk",
    "X(i,j,k) = T(l,i,j) * B(l,k)": "lijk",
    "X(i,j,k) = (T(i,l,j) + S(i,l,j)) * B(l,k)": "iljk",
    "X(i,j,k) = T(i,l,j) * S(l,j,k)": "iljk",
    "X(i,j,k,m) = T(l,i,j) * S(l,k,m)": "lijkm",
    "X(h,i,j) = T(h,l,i) * B(l,m) * C(m,j)": "hlimj",
}
SIDE = 3


def operands_of(text, seed, density):
    found = dict(re.findall(r"([A-Z])\(([a-z,]+)\)", text.partition("=")[2]))
    return {
        name: matrix((SIDE,) * (indices.count(",") + 1), seed + place, density)
        for place, (name, indices) in enumerate(found.items())
    }


def expected_of(text, operands):
    """Compute with NumPy: terms of a sum one by one."""
    left, _, right = text.partition("=")
    out = re.search(r"\((.*)\)", left).group(1).replace(",", "")
    terms = [right]
    if inner := re.search(r"\(([^()]*\([^()]*\) \+ [^()]*\([^()]*\))\)", right):
        terms = [right.replace(inner.group(0), part) for part in inner.group(1).split(" + ")]
    total = 0
    for term in terms:
        read = re.findall(r"([A-Z])\(([a-z,]+)\)", term)
        subscripts = ",".join(indices.replace(",", "") for _, indices in read)
        total = total + np.einsum(f"{subscripts}->{out}", *(operands[name] for name, _ in read))
    return total


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_ranges_of_any_size_change_no_value(data):
    text = data.draw(st.sampled_from(sorted(MERGED)))
    operands = operands_of(
        text, data.draw(st.integers(0, 99)), data.draw(st.sampled_from([0.1, 0.5, 1.0]))
    )
    formats = {
        name: data.draw(st.sampled_from(["s" * each.ndim, "d" * each.ndim]))
        for name, each in operands.items()
    }
    formats["Xx"[text[0] == "x"]] = data.draw(st.sampled_from(["s", "d"])) * (text.index(")") // 2)
    module = to_linalg(text, operands, formats=formats, order=MERGED[text])
    with module.context:
        run_pipeline(module, parse_pipeline(plain_to_sam("auto", IDEAL), module.context))
        lanes = data.draw(st.sampled_from([1, 1, SIDE]))
        if lanes > 1:
            run_pass(module, Vectorize, lanes=lanes)
        size = data.draw(st.integers(1, 30))
        run_pass(module, Tile, **{data.draw(st.sampled_from(["totals", "extent"])): size})
        assert module.operation.verify()
    expected = expected_of(text, operands)
    artifact = compile_graph(module, operands)
    runs = [artifact.run(engine) for engine in ("native", "python")]
    for tensor, _ in runs:
        np.testing.assert_array_equal(tensor.to_dense(), expected)
    assert runs[0].result.sections == runs[1].result.sections
    (got,) = run(module, [operands[name] for name in operands]).values()
    np.testing.assert_array_equal(got, expected)
