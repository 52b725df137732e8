"""Results that are made range by range: the same, whatever the ranges, and left alone if not."""

import numpy as np
import pytest

from rdu.frontends.sparse.builder import GraphBuilder, Operand
from rdu.frontends.sparse.kernels import KERNELS
from rdu.interpreter.run import run
from rdu.mlir_ext.driver import run_pass
from rdu.sparse import compile_expression, compile_graph
from rdu.support.diagnostics import ExitCode, RduError
from rdu.transforms.sam.parallelize import Parallelize
from rdu.transforms.sam.tile import Tile

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


@pytest.mark.parametrize("name", [name for name in KERNELS if name != "mm_kij"])
def test_kernels_that_merge_nothing_of_level_0_stay(name):
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
    """x = b + the sums of the columns of M: coordinates of both are cut."""
    g = GraphBuilder((7,), {"M": Operand((5, 7), SPARSE), "b": Operand((7,), SPARSE[:1])})
    rows, columns, values = sums(g, g.tensor("M"), g.root())
    total = g.accumulate("add", rows, [columns], values)
    found = g.lookup(g.tensor("b"), 0, g.root())
    crd, left, right = g.union(total, (found[0], g.array(g.tensor("b"), found[1])))
    module = g.finish([crd], g.alu("add", left, right))
    operands = {"M": matrix((5, 7), 1), "b": matrix((7,), 2)}
    check(module, operands, operands["M"].sum(0) + operands["b"], extent=3)
    assert tiled(module, 3)
    assert str(module).count('"sam.mask"') == 4


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


def remarks(module, capfd):
    assert not tiled(module, 2)
    return capfd.readouterr().err


def test_a_sum_over_level_0_needs_all_of_it(capfd):
    """Each sum of a column, less the sum of all."""
    g = GraphBuilder((7,), {"M": Operand((5, 7), SPARSE)})
    rows, columns, values = sums(g, g.tensor("M"), g.root())
    crd, total = g.accumulate("add", rows, [columns], values)
    whole = g.reduce("add", total, g.root())
    module = g.finish([crd], g.alu("sub", total, g.repeat(whole, crd)))
    assert "is not cut into ranges: 'sam.reduce' reduces over level 0" in remarks(module, capfd)


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


def test_a_range_may_be_a_coordinate_and_fill_a_scratchpad():
    artifact, expected = outer_product(40_000)
    np.testing.assert_array_equal(artifact.run().tensor.to_dense(), expected)


def test_no_range_is_small_enough_where_one_row_is_too_large():
    with pytest.raises(RduError, match="merges at a time") as caught:
        outer_product(80_000)
    assert caught.value.exit_code is ExitCode.DOES_NOT_FIT


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
        assert len(set(cycles)) == 3
