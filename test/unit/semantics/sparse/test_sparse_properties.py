"""Each primitive against dense NumPy, or nested lists, on random trees of ugly sparsity.

A matrix is walked as two levels: its rows' coordinates and references, and those of the columns
under them. Rows and whole matrices may be empty, stored or not.
"""

from itertools import chain, pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sparse_arrays import sparse_arrays

from rdu.semantics import sparse
from rdu.semantics.fibertree import store
from rdu.semantics.sparse import functions
from rdu.semantics.sparse.fibers import each_fiber
from rdu.semantics.tokens import DONE, EMPTY, Stop, flatten, is_payload, nest

ROWS = ("dense", "compressed")
ADD, ZERO = functions.reduction("add", "f32")


class Walk:
    """The streams of a matrix that is stored in formats, from its root to its values."""

    def __init__(self, array, formats=("compressed", "compressed")):
        self.tree = store(array, formats, range(array.ndim))
        self.crds, self.refs = [], [sparse.root()]
        for level in self.tree.levels:
            crd, ref = sparse.lookup(level.fiber, self.refs[-1])
            self.crds.append(crd)
            self.refs.append(ref)
        self.values = sparse.load(self.tree.values.__getitem__, self.tree.zero, self.refs[-1])


def dense(shape, crds, values):
    """Write streams to an array, as writers store them."""
    outer, columns = sparse.root(), []
    for crd in crds:
        segments, stored = sparse.write_fibers(crd, outer)
        columns = [np.repeat(column, np.diff(segments)) for column in columns]
        columns.append(np.array(stored, int))
        outer = crd
    array = np.zeros(shape, np.float32)
    np.add.at(array, tuple(columns), np.array(sparse.write_values(ZERO, values, outer)))
    return array


def count(stream):
    """Payloads with `N`, and stops."""
    stops = sum(isinstance(token, Stop) for token in stream)
    assert stream[-1] is DONE
    assert DONE not in stream[:-1]
    return len(stream) - stops - 1, stops


matrices = sparse_arrays(least=2, most=2)
pairs = st.integers(0, 2**32 - 1).flatmap(
    lambda seed: matrices.map(lambda a: (a, np.random.default_rng(seed).permuted(a, axis=1)))
)
formats = st.tuples(st.sampled_from(ROWS), st.sampled_from(("dense", "compressed")))
rows_of_fibers = st.lists(st.lists(st.integers(0, 20), max_size=3), min_size=1, max_size=3)
trees = st.lists(rows_of_fibers, min_size=1, max_size=4)


@given(sparse_arrays(least=1, most=4), st.data())
def test_lookups_and_writers(array, data):
    kinds = [data.draw(st.sampled_from(ROWS)) for _ in range(array.ndim)]
    walk = Walk(array, kinds)
    np.testing.assert_array_equal(dense(array.shape, walk.crds, walk.values), array)
    for crd, outer in zip(walk.crds, walk.refs, strict=False):
        payloads, stops = count(crd)
        segments, stored = sparse.write_fibers(crd, outer)
        assert payloads == len(stored)
        assert len(segments) == count(outer)[0] + 1
        followed = sum(isinstance(token, Stop) for token in outer)
        alone = sum(
            is_payload(token) and not isinstance(after, Stop) for token, after in pairwise(outer)
        )
        assert stops == followed + alone


@given(pairs, formats, formats)
def test_intersection_and_union(arrays, first, second):
    for join, expected in (
        (sparse.intersect, arrays[0] * arrays[1]),
        (sparse.unite, arrays[0] + arrays[1]),
    ):
        walks = [Walk(array, form) for array, form in zip(arrays, (first, second), strict=True)]
        crd_i, rows = join([w.crds[0] for w in walks], [w.refs[1] for w in walks])
        below = [sparse.lookup(w.tree.levels[1].fiber, r) for w, r in zip(walks, rows, strict=True)]
        crd_j, refs = join([crd for crd, _ in below], [ref for _, ref in below])
        values = [
            sparse.load(w.tree.values.__getitem__, ZERO, ref)
            for w, ref in zip(walks, refs, strict=True)
        ]
        function = np.multiply if join is sparse.intersect else np.add
        combined = sparse.combine(function, ZERO, *values)
        np.testing.assert_array_equal(dense(expected.shape, [crd_i, crd_j], combined), expected)
        joined = [sparse.write_fibers(crd_j, crd_i)[0], *map(count, refs)]
        assert joined[1] == joined[2] == count(crd_j)
        # The values may as well be joined: an absent one is a zero.
        loaded = [
            sparse.load(w.tree.values.__getitem__, ZERO, ref)
            for w, (_, ref) in zip(walks, below, strict=True)
        ]
        _, early = join([crd for crd, _ in below], loaded)
        assert sparse.combine(function, ZERO, *early) == combined


@given(st.lists(matrices, min_size=1, max_size=1), st.integers(2, 4), st.data())
def test_joins_of_many_are_joins_of_two(arrays, ways, data):
    array = arrays[0]
    others = [array * data.draw(st.sampled_from([0, 1])) for _ in range(ways - 1)]
    walks = [Walk(a, ("dense", "compressed")) for a in (array, *others)]
    crds, refs = [w.crds[1] for w in walks], [w.refs[2] for w in walks]
    for join in (sparse.intersect, sparse.unite):
        crd, out = join(crds, refs)
        two, kept = crds[0], [refs[0]]
        for other, ref in zip(crds[1:], refs[1:], strict=True):
            marks, again = join([two, other], [two, ref])
            kept = [join([two, other], [k, ref])[1][0] for k in kept]
            two, kept = marks, [*kept, again[1]]
        assert (crd, out) == (two, kept)


@given(pairs)
def test_skipping_changes_nothing_but_tokens(arrays):
    walks = [Walk(array, ("dense", "compressed")) for array in arrays]
    crds, refs = [w.crds[1] for w in walks], [w.refs[2] for w in walks]
    left = sparse.leap(crds, refs)
    assert sparse.intersect(*zip(*left, strict=True)) == sparse.intersect(crds, refs)
    assert all(len(crd) <= len(whole) for (crd, _), whole in zip(left, crds, strict=True))


@given(matrices, matrices, formats)
def test_locating_is_intersecting_with_what_is_there(array, other, form):
    extents = np.minimum(array.shape, other.shape)
    array, other = (np.ascontiguousarray(a[: extents[0], : extents[1]]) for a in (array, other))
    walk, tree = Walk(array), store(other, form, (0, 1))

    def find(level):
        return lambda ref, crd: dict(tree.levels[level].fiber(ref)).get(crd, EMPTY)

    rows = sparse.locate(find(0), walk.crds[0], sparse.root())
    refs = sparse.locate(find(1), walk.crds[1], rows)
    found = sparse.load(tree.values.__getitem__, tree.zero, refs)
    product = sparse.combine(np.multiply, ZERO, walk.values, found)
    np.testing.assert_array_equal(dense(array.shape, walk.crds, product), array * other)
    assert count(refs) == count(walk.crds[1])


@given(matrices, formats)
def test_repeat_and_reduce(array, form):
    walk = Walk(array, form)
    rows = np.arange(1, len(array) + 1, dtype=np.float32)
    scale = sparse.load(rows.__getitem__, ZERO, walk.crds[0])
    repeated = sparse.repeat(scale, walk.crds[1])
    assert count(repeated) == count(walk.crds[1])
    assert sparse.repeat(walk.crds[0], walk.refs[2]) == sparse.repeat(walk.crds[0], walk.crds[1])
    scaled = sparse.combine(np.multiply, ZERO, walk.values, repeated)
    sums = sparse.reduce(ADD, ZERO, ZERO, scaled, walk.crds[0])
    assert count(sums) == count(walk.crds[0])
    expected = (array * rows[:, None]).sum(axis=1)
    np.testing.assert_array_equal(dense(expected.shape, walk.crds[:1], sums), expected)
    total = sparse.reduce(ADD, ZERO, ZERO, sums, sparse.root())
    assert total == [expected.sum(), DONE]


@pytest.mark.parametrize(("name", "numpy"), [("max", np.max), ("min", np.min), ("mul", np.prod)])
@given(array=sparse_arrays(least=1, most=1))
def test_other_reductions(name, numpy, array):
    function, identity = functions.reduction(name, "f32")
    walk = Walk(array, ("dense",))
    with np.errstate(over="ignore"):
        expected = numpy(array, initial=identity)
    assert sparse.reduce(function, identity, ZERO, walk.values, sparse.root())[0] == expected


@given(sparse_arrays(least=2, most=4), st.data())
def test_accumulators(array, data):
    kinds = [data.draw(st.sampled_from(ROWS)) for _ in range(array.ndim)]
    walk = Walk(array, kinds)
    crds, total = sparse.accumulate(ADD, ZERO, ZERO, walk.crds[0], walk.crds[1:], walk.values)
    np.testing.assert_array_equal(dense(array.shape[1:], crds, total), array.sum(axis=0))
    if array.ndim > 2:
        inner = sparse.accumulate(ADD, ZERO, ZERO, walk.crds[1], walk.crds[2:], walk.values)
        result = dense(array.sum(axis=1).shape, [walk.crds[0], *inner[0]], inner[1])
        np.testing.assert_array_equal(result, array.sum(axis=1))


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([0.0, -0.0, 1.0, -2.5, np.inf, -np.inf, np.nan]), max_size=9),
    st.booleans(),
    st.integers(0, 4),
)
def test_sorts_are_those_of_pytorch(values, descending, keep):
    crds = [*range(3, 3 + len(values)), Stop(0), DONE]
    stream = [*map(np.float32, values), Stop(0), DONE]
    places, found, origins = sparse.sort(ZERO, crds, stream, descending=descending, keep=keep)
    ordered = torch.sort(torch.tensor(values), stable=True, descending=descending)
    most = keep or len(values)
    assert places[:-2] == list(range(len(values)))[:most]
    np.testing.assert_array_equal(found[:-2], ordered.values.numpy()[:most])
    assert origins[:-2] == (ordered.indices[:most] + 3).tolist()


@given(sparse_arrays(least=3, most=3), st.data())
def test_drops(array, data):
    kinds = [data.draw(st.sampled_from(ROWS)) for _ in range(3)]
    walk = Walk(array, kinds)
    i, j, k = walk.crds
    k, values = sparse.drop_values(ZERO, k, walk.values)
    assert count(values)[0] == np.count_nonzero(array)
    np.testing.assert_array_equal(dense(array.shape, [i, j, k], values), array)
    pruned = sparse.drop_empty_fibers(k)
    _, values = sparse.drop_coordinates(j, values)
    j, k = sparse.drop_coordinates(j, k)
    _, k = sparse.drop_coordinates(i, k, 2)
    _, values = sparse.drop_coordinates(i, values, 2)
    i, j = sparse.drop_coordinates(i, j)
    np.testing.assert_array_equal(dense(array.shape, [i, j, k], values), array)
    assert k == pruned
    compressed = Walk(array, ("compressed",) * 3)
    assert [i, j, k] == compressed.crds
    flat = sparse.drop_stops(3, k)
    assert flat[:-1] == [token for token in k if is_payload(token)]


@given(trees)
def test_drop_of_stops_is_concatenation(fibers):
    stream = flatten(fibers, 3)
    once = [list(chain(*rows)) for rows in fibers]
    assert nest(sparse.drop_stops(1, stream), 2) == once
    assert nest(sparse.drop_stops(2, stream), 1) == list(chain(*once))
    assert sparse.drop_stops(3, stream) == [*filter(is_payload, stream), DONE]


@given(matrices, formats, st.integers(-3, 3))
def test_masks(array, form, offset):
    walk = Walk(array, form)
    crds, values = sparse.mask(
        lambda i, j: j <= i + offset, walk.crds[0], walk.crds[1], walk.values
    )
    expected = np.tril(array, offset)
    np.testing.assert_array_equal(dense(array.shape, [walk.crds[0], crds], values), expected)
    assert count(crds)[1] == count(walk.crds[1])[1]


@given(matrices, formats, st.integers(1, 4))
def test_split_and_flatten(array, form, factor):
    walk = Walk(array, form)
    chunks, crds, values = sparse.split(factor, walk.crds[1], walk.values)
    assert count(crds)[0] == count(values)[0] == count(walk.crds[1])[0]
    assert sparse.flatten(factor, chunks, crds) == walk.crds[1]
    assert sparse.drop_stops(1, values) == walk.values
    rows, columns = array.shape
    padded = np.zeros((rows, -(-columns // factor) * factor), np.float32)
    padded[:, :columns] = array
    split = dense((rows, padded.shape[1] // factor, factor), [walk.crds[0], chunks, crds], values)
    np.testing.assert_array_equal(split.reshape(padded.shape), padded)


@given(matrices, matrices, formats, formats)
def test_concatenation(top, bottom, first, second):
    columns = min(top.shape[1], bottom.shape[1])
    arrays = [np.ascontiguousarray(a[:, :columns]) for a in (top, bottom)]
    walks = [Walk(a, form) for a, form in zip(arrays, (first, second), strict=True)]
    rows = [w.crds[0] for w in walks]
    offsets = [0, len(top)]
    i, j = sparse.concatenate(offsets, rows, [w.crds[1] for w in walks], 1)
    again, values = sparse.concatenate(offsets, rows, [w.values for w in walks], 1)
    assert i == again
    expected = np.concatenate(arrays)
    np.testing.assert_array_equal(dense(expected.shape, [i, j], values), expected)


@given(matrices, formats, st.integers(1, 4), st.integers(1, 3))
def test_fork_and_join(array, form, ways, chunk):
    walk = Walk(array, form)
    level = walk.tree.levels[1]
    shares = sparse.fork(ways, chunk, walk.refs[1])
    assert sum(count(share)[0] for share in shares) == count(walk.refs[1])[0]
    assert all(count(share)[1] == count(walk.refs[1])[1] for share in shares)
    below = [sparse.lookup(level.fiber, share) for share in shares]
    crds = sparse.join(chunk, [crd for crd, _ in below], walk.crds[0], 1)
    assert crds == walk.crds[1]
    forked = sparse.fork(ways, chunk, walk.values)
    assert sparse.join(chunk, forked, walk.crds[1]) == walk.values


@given(pairs, st.sampled_from(ROWS), st.integers(1, 4))
def test_bit_vectors(arrays, rows, width):
    columns = arrays[0].shape[1]
    walks = [Walk(array, (rows, "compressed")) for array in arrays]
    dense_rows = [Walk(array, ("dense", "bitvector")) for array in arrays]
    words, starts = zip(
        *(sparse.lookup(w.tree.levels[1].bits, w.refs[1]) for w in dense_rows), strict=True
    )
    crds = [sparse.expand_bits(columns, w) for w in words]
    assert crds == [w.crds[1] for w in dense_rows]
    built = sparse.build_bits(walks[0].crds[1])
    assert sparse.expand_bits(columns, built) == walks[0].crds[1]
    assert count(built)[0] <= count(walks[0].crds[0])[0]
    cut = [sparse.chunk_bits(width, columns, w, s) for w, s in zip(words, starts, strict=True)]
    refs = [sparse.number(crd) for crd in crds]
    for meet, join in (
        (sparse.intersect_bits, sparse.intersect),
        (sparse.unite_bits, sparse.unite),
    ):
        crd, expected = join(crds, refs)
        met, out = meet(words, starts)
        assert sparse.expand_bits(columns, met) == crd
        assert out == expected
        met, out = meet([w for w, _ in cut], [r for _, r in cut])
        assert sparse.expand_bits(width, met) == crd
        assert out == expected


@given(pairs, st.integers(1, 4))
def test_bit_trees(arrays, width):
    walks = [Walk(array, ("dense", "compressed")) for array in arrays]
    outer, starts, words = [], [], []
    for walk in walks:
        chunks, crds, _ = sparse.split(width, walk.crds[1], walk.refs[2])
        outer.append(sparse.build_bits(chunks))
        starts.append(each_fiber(lambda fiber: fiber[:1], sparse.number(chunks)))
        words.append([*filter(is_payload, sparse.build_bits(crds))])
    top, refs = sparse.intersect_bits(outer, starts)
    below = [
        sparse.lookup(lambda ref, words=words: [(words[ref], 0)], ref)
        for words, ref in zip(words, refs, strict=True)
    ]
    met, _ = sparse.intersect_bits(*zip(*below, strict=True))
    top, met = sparse.drop_bits(top, met)
    shared, _ = sparse.intersect([w.crds[1] for w in walks], [w.refs[2] for w in walks])
    chunks, crds, _ = sparse.split(width, shared, shared)
    assert sparse.expand_bits(64, top) == chunks
    assert sparse.expand_bits(width, met) == crds


@given(matrices, formats)
def test_values_that_are_stored_by_generated_references(array, form):
    walk = Walk(array, form)
    refs = sparse.number(walk.values)
    memory = sparse.store(ZERO, refs, walk.values)
    assert list(memory) == list(range(count(walk.values)[0]))
    assert sparse.load(memory.__getitem__, ZERO, refs) == walk.values
    padded = sparse.split(2, walk.crds[1], refs)[2]
    assert count(padded)[0] == count(refs)[0]


@given(st.lists(st.lists(st.integers(-6, 5), max_size=5), max_size=4), st.booleans())
def test_values_as_coordinates_are_numpys_indices(rows, wrap):
    """What NumPy takes at the same indices is found; what it refuses is refused."""
    table = np.arange(10, 16)
    values = flatten(rows, 2)
    flat = np.array([value for row in rows for value in row], np.int64)
    if not wrap and (flat < 0).any():
        with pytest.raises(ValueError, match="for a coordinate"):
            sparse.as_coordinates(6, values)
        return
    crds = sparse.as_coordinates(6, values, wrap=wrap)
    refs = sparse.locate(lambda _, crd: crd, crds, sparse.root())
    found = sparse.load(table.__getitem__, 0, refs)
    assert [int(token) for token in found if is_payload(token)] == table[flat].tolist()
    assert [token for token in found if not is_payload(token)] == [
        token for token in values if not is_payload(token)
    ]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(-9, 9)), max_size=8),
)
def test_accumulating_by_values_is_numpys_add_at(points):
    expected = np.zeros(6, np.int64)
    indices, added = (np.array([p[n] for p in points], np.int64) for n in range(2))
    np.add.at(expected, indices, added)
    crds = sparse.as_coordinates(6, flatten([indices.tolist()], 2))
    (out,), total = sparse.accumulate(
        lambda a, b: a + b, 0, 0, [0, Stop(0), DONE], [crds], flatten([added.tolist()], 2)
    )
    made = np.zeros(6, np.int64)
    made[[crd for crd in out if is_payload(crd)]] = [v for v in total if is_payload(v)]
    np.testing.assert_array_equal(made, expected)
    assert len([crd for crd in out if is_payload(crd)]) == len(set(indices.tolist()))
