"""Graphs that put primitives together in other ways than the kernels, against dense NumPy."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sam_text import Graph, compute
from sparse_arrays import sparse_arrays

FORMATS = st.tuples(*[st.sampled_from(["dense", "compressed"])] * 2)
matrices = sparse_arrays(least=2, most=2)
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=20, deadline=None)


def vector(extent, seed):
    rng = np.random.default_rng(seed)
    return ((rng.random(extent) < rng.random()) * rng.integers(1, 9, extent)).astype(np.float32)


@few
@given(matrices, seeds, FORMATS)
def test_residual(matrix, seed, formats):
    """x(i) = b(i) - C(i,j) * d(j): a union whose absent rows are looked up and repeated."""
    rows, columns = matrix.shape
    b, d = vector(rows, seed), vector(columns, seed + 1)
    g = Graph(
        (rows,),
        {
            "b": ((rows,), ["compressed"]),
            "C": ((rows, columns), formats),
            "d": ((columns,), ["dense"]),
        },
    )
    i, rb, rc = g.merge("union", g.lookup(g.b, 0, g.root), g.lookup(g.C, 0, g.root))
    dj = g.lookup(g.d, 0, g.repeat(g.root, rc))
    _, c, d_ref = g.merge("intersect", g.lookup(g.C, 1, rc), dj)
    product = g.alu("mul", g.load(g.C, c), g.load(g.d, d_ref))
    text = g.finish([i], g.alu("sub", g.load(g.b, rb), g.reduce(product, i)))
    np.testing.assert_array_equal(compute(text, b, matrix, d), b - matrix @ d)


@few
@given(matrices, seeds, FORMATS, FORMATS)
def test_product_of_a_sum(matrix, seed, first, second):
    """x(i) = (A(i,j) + B(i,j)) * c(j): a union inside an intersection of three."""
    rows, columns = matrix.shape
    other = np.random.default_rng(seed).permuted(matrix)
    c = vector(columns, seed)
    shape = (rows, columns)
    tensors = {"A": (shape, first), "B": (shape, second), "c": ((columns,), ["compressed"])}
    g = Graph((rows,), tensors)
    i, a, b = g.merge("union", g.lookup(g.A, 0, g.root), g.lookup(g.B, 0, g.root))
    j, a, b = g.merge("union", g.lookup(g.A, 1, a), g.lookup(g.B, 1, b))
    jc = g.lookup(g.c, 0, g.repeat(g.root, i))
    _, a, b, c_ref = g.merge("intersect", (j, a), (j, b), jc)
    total = g.alu("add", g.load(g.A, a), g.load(g.B, b))
    text = g.finish([i], g.reduce(g.alu("mul", total, g.load(g.c, c_ref)), i))
    np.testing.assert_array_equal(compute(text, matrix, other, c), (matrix + other) @ c)


@few
@given(matrices, FORMATS)
def test_softmax_of_what_is_stored(matrix, formats):
    rows, columns = matrix.shape
    matrix = matrix / np.float32(50)
    g = Graph((rows, columns), {"B": ((rows, columns), formats)})
    i, bi = g.lookup(g.B, 0, g.root)
    j, bj = g.lookup(g.B, 1, bi)
    values = g.load(g.B, bj)
    most = g.repeat(g.reduce(values, i, "max"), j)
    power = g.unary("exp", g.alu("sub", values, most))
    total = g.repeat(g.reduce(power, i), j)
    text = g.finish([i, j], g.alu("div", power, total))
    stored = np.ones_like(matrix, bool)
    stored[:, :] = stored if formats[1] == "dense" else matrix != 0
    if formats[0] == "compressed":
        stored &= (matrix != 0).any(axis=1, keepdims=True)
    shifted = matrix - matrix.max(axis=1, where=stored, initial=-99)[:, None]
    power = np.exp(np.where(stored, shifted, -np.inf))
    expected = power / np.maximum(power.sum(axis=1, keepdims=True), np.float32(1e-30))
    np.testing.assert_allclose(compute(text, matrix), expected, rtol=1e-5)


@few
@given(matrices, st.integers(1, 3), st.integers(1, 3), seeds)
def test_rows_on_several_branches(matrix, ways, chunk, seed):
    """x(i) = B(i,j) * c(j), rows shared out."""
    rows, columns = matrix.shape
    c = vector(columns, seed)
    tensors = {"B": ((rows, columns), ["compressed"] * 2), "c": ((columns,), ["compressed"])}
    g = Graph((rows,), tensors)
    i, bi = g.lookup(g.B, 0, g.root)
    crds = g.op("fork", [i], [["crd:1"] * ways], chunk=chunk)
    refs = g.op("fork", [bi], [["ref:1"] * ways], chunk=chunk)
    sums = []
    for crd, ref in zip(crds, refs, strict=True):
        jc = g.lookup(g.c, 0, g.repeat(g.root, ref))
        _, b, c_ref = g.merge("intersect", g.lookup(g.B, 1, ref), jc)
        sums.append(g.reduce(g.alu("mul", g.load(g.B, b), g.load(g.c, c_ref)), crd))
    joined = g.op("join", [i, sums], ["val:1"], chunk=chunk)
    text = g.finish([i], joined)
    np.testing.assert_array_equal(compute(text, matrix, c), matrix @ c)


@few
@given(matrices, seeds, FORMATS)
def test_a_kept_intermediate(matrix, seed, formats):
    """t(i) = B(i,j), kept as a vector; x(j) = B(i,j) * t(i), by columns."""
    rows, columns = matrix.shape
    by_columns = ((rows, columns), formats, (1, 0))
    g = Graph((columns,), {"B": ((rows, columns), formats), "T": by_columns})
    i, bi = g.lookup(g.B, 0, g.root)
    _, bj = g.lookup(g.B, 1, bi)
    kept = g.stored((rows,), ["dense"], [0])
    t = g.op("store", [i, g.reduce(g.load(g.B, bj), i)], [kept])
    j, tj = g.lookup(g.T, 0, g.root)
    i, ti = g.lookup(g.T, 1, tj)
    at = g.op("locate", [t, i, g.root], ["ref:2"], level=0)
    product = g.alu("mul", g.load(g.T, ti), g.load(t, at))
    text = g.finish([j], g.reduce(product, j))
    np.testing.assert_array_equal(compute(text, matrix, matrix), matrix.sum(axis=1) @ matrix)


@few
@given(matrices, FORMATS, st.sampled_from(["dense", "compressed", "bitvector"]))
def test_location_in_any_format(matrix, formats, inner):
    """X(i,j) = B(i,j) * C(i,j): C is not walked; what it does not store is a zero."""
    shape = matrix.shape
    other = np.roll(matrix, 1, axis=1)
    g = Graph(shape, {"B": (shape, formats), "C": (shape, [formats[1], inner])})
    i, bi = g.lookup(g.B, 0, g.root)
    j, bj = g.lookup(g.B, 1, bi)
    ci = g.op("locate", [g.C, i, g.root], ["ref:1"], level=0)
    cj = g.op("locate", [g.C, j, ci], ["ref:2"], level=1)
    product = g.alu("mul", g.load(g.B, bj), g.load(g.C, cj))
    np.testing.assert_array_equal(compute(g.finish([i, j], product), matrix, other), matrix * other)


@few
@given(st.integers(1, 3), st.integers(1, 3), seeds)
def test_blocks(rows, columns, seed):
    """x(i) = B(i,j) * c(j) with B in blocks of 2 by 3: blocks of one row are accumulated."""
    rng = np.random.default_rng(seed)
    blocks = (rng.random((rows, 1, columns, 1)) < rng.random()) * np.ones((1, 2, 1, 3))
    values = rng.integers(-4, 5, blocks.shape)
    matrix = (blocks * values).reshape(2 * rows, 3 * columns).astype(np.float32)
    c = vector(3 * columns, seed)
    bsr = ["dense", "compressed", "blocked:2", "blocked:3"]
    tensors = {
        "B": (matrix.shape, bsr, (0, 1, 0, 1)),
        "c": (c.shape, ["dense", "blocked:3"], (0, 0)),
    }
    g = Graph(matrix.shape[:1], tensors)
    i, bi = g.lookup(g.B, 0, g.root)
    j, bj = g.lookup(g.B, 1, bi)
    y, by = g.lookup(g.B, 2, bj)
    z, bz = g.lookup(g.B, 3, by)
    cj = g.op("locate", [g.c, j, g.root], ["ref:2"], level=0)
    cz = g.op("locate", [g.c, z, g.repeat(cj, y)], ["ref:4"], level=1)
    product = g.alu("mul", g.load(g.B, bz), g.load(g.c, cz))
    inside, sums = g.accumulate(j, [y], g.reduce(product, y))
    crd = g.op("flatten", [i, inside], ["crd:1"], factor=2)
    text = g.finish([crd], g.op("stop_drop", [sums], ["val:1"], levels=1))
    np.testing.assert_array_equal(compute(text, matrix, c), matrix @ c)


@few
@given(matrices)
def test_rows_of_a_list_of_coordinates(matrix):
    """X(k,i) = u(k) * B(i,j): rows that come once for each value are merged under each k."""
    rows, columns = matrix.shape
    u = np.array([1, 2, 0, 3], np.float32)
    coo = ((rows, columns), ["compressed", "singleton"])
    g = Graph((4, rows), {"u": ((4,), ["compressed"]), "B": coo, "one": ((1,), ["dense"])})
    k, uk = g.lookup(g.u, 0, g.root)
    one, _ = g.lookup(g.one, 0, g.repeat(g.root, k))
    i, bi = g.lookup(g.B, 0, g.repeat(g.repeat(g.root, k), one))
    _, bj = g.lookup(g.B, 1, bi)
    merged, sums = g.accumulate(one, [i], g.reduce(g.load(g.B, bj), i))
    scale = g.repeat(g.load(g.u, uk), merged)
    text = g.finish([k, merged], g.alu("mul", sums, scale))
    expected = np.outer(u, matrix.sum(axis=1))
    np.testing.assert_array_equal(compute(text, u, matrix, np.ones(1, np.float32)), expected)


@few
@given(matrices, st.integers(1, 4))
def test_chunks_by_bit_vectors(matrix, width):
    """X(i,j) = B(i,j) * C(i,j), rows as words that are cut and intersected."""
    rows, columns = matrix.shape
    other = np.roll(matrix, 1, axis=1)
    shape = (rows, columns)
    g = Graph(shape, {name: (shape, ["dense", "bitvector"]) for name in "BC"})
    i, bi = g.lookup(g.B, 0, g.root)
    _, ci = g.lookup(g.C, 0, g.root)
    sides = []
    for tensor, refs in ((g.B, bi), (g.C, ci)):
        words, starts = g.lookup(tensor, 1, refs, "bv")
        kinds = ["bv:2", "ref:2"]
        sides.append(g.op("bv_chunk", [words, starts], kinds, width=width, extent=columns))
    words, starts = ([side[n] for side in sides] for n in (0, 1))
    met, refs = g.op("bv_intersect", [words, starts], ["bv:2", ["ref:2"] * 2])
    j = g.op("bv_expand", [met], ["crd:2"], width=width)
    product = g.alu("mul", g.load(g.B, refs[0]), g.load(g.C, refs[1]))
    np.testing.assert_array_equal(compute(g.finish([i, j], product), matrix, other), matrix * other)


@few
@given(sparse_arrays(least=3, most=3))
def test_inner_product(tensor):
    """A scalar: x = B(i,j,k) * C(i,j,k)."""
    other = np.roll(tensor, 1, axis=2)
    g = Graph((), {name: (tensor.shape, ["compressed"] * 3) for name in "BC"})
    b, c, outer = g.root, g.root, [g.root]
    for level in range(3):
        crd, b, c = g.merge("intersect", g.lookup(g.B, level, b), g.lookup(g.C, level, c))
        outer.append(crd)
    total = g.alu("mul", g.load(g.B, b), g.load(g.C, c))
    for crd in reversed(outer[:-1]):
        total = g.reduce(total, crd)
    expected = np.float32((tensor * other).sum())
    assert compute(g.finish([], total), tensor, other) == expected


@few
@given(sparse_arrays(least=4, most=4))
def test_sum_of_tensors(tensor):
    """X(j,k,l) = B(i,j,k,l): an accumulator of order 3, written without empty fibers."""
    g = Graph(
        tensor.shape[1:], {"B": (tensor.shape, ["dense", "compressed", "dense", "compressed"])}
    )
    crds, refs = [], g.root
    for level in range(4):
        crd, refs = g.lookup(g.B, level, refs)
        crds.append(crd)
    *merged, total = g.accumulate(crds[0], crds[1:], g.load(g.B, refs))
    *outer, last = merged
    last, total = g.op("val_drop", [last, total], ["crd:3", "val:3"])
    text = g.finish([*outer, last], total)
    np.testing.assert_array_equal(compute(text, tensor), tensor.sum(axis=0))
