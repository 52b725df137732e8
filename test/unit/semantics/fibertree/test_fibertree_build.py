"""Trees of any format hold what they are built from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sparse_arrays import formats, point_lists, sparse_arrays

from rdu.semantics.fibertree import (
    NAMED_FORMATS,
    CompressedLevel,
    Coordinates,
    Format,
    SingletonLevel,
    bsr,
    build,
    convert,
    find_flaws,
    store,
)

EXAMPLE = np.array([[5, 0, 0, 1], [0, 0, 0, 0], [0, 3, 0, 0]], np.int32)


def dense(points):
    array = np.zeros(points.shape, points.values.dtype)
    np.add.at(array, points.columns, points.values)
    return array


@given(st.data())
def test_a_tree_of_any_format_holds_the_array(data):
    array = data.draw(sparse_arrays())
    tree = build(Coordinates.from_dense(array), data.draw(formats(array.ndim)))
    assert find_flaws(tree) == []
    assert tree.values.dtype == array.dtype
    np.testing.assert_array_equal(tree.to_dense(), array)


@given(st.data())
def test_points_in_any_order_are_sorted_and_summed(data):
    points = data.draw(point_lists())
    tree = build(points, data.draw(formats(len(points.shape))))
    assert find_flaws(tree) == []
    np.testing.assert_array_equal(tree.to_dense(), dense(points))
    listed = tree.coordinates()
    stored = set(zip(*(column.tolist() for column in listed.columns), strict=True))
    given_points = set(zip(*(column.tolist() for column in points.columns), strict=True))
    assert given_points <= stored  # zeros, too


@given(st.data())
def test_a_tree_is_converted_to_any_format_and_back(data):
    array = data.draw(sparse_arrays(dtype=np.int32))
    first = build(Coordinates.from_dense(array), data.draw(formats(array.ndim)))
    second = convert(first, data.draw(formats(array.ndim)))
    np.testing.assert_array_equal(second.to_dense(), array)
    again = convert(second, first.format, zeros="drop")
    reference = convert(first, first.format, zeros="drop")
    np.testing.assert_array_equal(again.values, reference.values)
    for level, expected in zip(again.levels, reference.levels, strict=True):
        for name, stored in level.arrays().items():
            np.testing.assert_array_equal(stored, expected.arrays()[name])


@given(st.data())
def test_fibers_lead_to_every_value(data):
    array = data.draw(sparse_arrays(most=3))
    form = data.draw(formats(array.ndim))
    tree = build(Coordinates.from_dense(array), form)
    found = np.zeros([max(e, 1) for e in form.extents(array.shape)], array.dtype)

    def walk(number, ref, above):
        if number == len(tree.levels):
            found[above] = tree.values[ref]
            return
        level = tree.levels[number]
        pairs = level.fiber(ref)
        ((bits, first),) = level.bits(ref)
        assert bits == sum({1 << crd for crd, _ in pairs})
        assert not pairs or first == pairs[0][1]
        for crd, child in pairs:
            walk(number + 1, child, (*above, crd))

    walk(0, 0, ())
    columns = form.split(np.nonzero(array))
    np.testing.assert_array_equal(found[tuple(columns)], array[np.nonzero(array)])
    assert np.count_nonzero(found) == np.count_nonzero(array)


def test_storage_keeps_empty_fibers():
    tree = store(EXAMPLE, ["dense", "compressed"], [0, 1])
    assert isinstance(tree.levels[1], CompressedLevel)
    assert tree.levels[1].segments.tolist() == [0, 2, 2, 3]
    assert tree.levels[1].crds.tolist() == [0, 3, 1]
    assert tree.values.tolist() == [5, 1, 3]
    assert tree.levels[1].fiber(1) == []


def test_points_of_a_compressed_level_above_singletons():
    tree = build(Coordinates.from_dense(EXAMPLE), NAMED_FORMATS["coo"])
    rows, columns = tree.levels
    assert rows.fiber(0) == [(0, 0), (0, 1), (2, 2)]
    assert isinstance(columns, SingletonLevel)
    assert [columns.fiber(ref) for ref in range(3)] == [[(0, 0)], [(3, 1)], [(1, 2)]]


def test_blocked_rows_hold_blocks_one_after_the_other():
    tree = build(Coordinates.from_dense(EXAMPLE), bsr(2, 2))
    blocks = tree.values.reshape(-1, 2, 2)
    assert blocks.tolist() == [[[5, 0], [0, 0]], [[0, 1], [0, 0]], [[0, 3], [0, 0]]]
    assert tree.levels[0].extent == 2  # of 3 rows: the last block is half padding


def test_a_scalar_is_a_tree_without_levels():
    tree = store(np.array(3, np.int32), [], [])
    assert (tree.levels, tree.values.tolist(), tree.to_dense()) == ((), [3], 3)
    nothing = build(Coordinates.of((), (), np.zeros(0, np.int32)), Format.of([]))
    assert nothing.values.tolist() == [0]


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 2)])
@pytest.mark.parametrize("kind", ["dense", "compressed", "bitvector"])
def test_tensors_of_no_extent(shape, kind):
    tree = store(np.zeros(shape, np.float32), [kind] * len(shape), range(len(shape)))
    assert find_flaws(tree) == []
    assert tree.to_dense().shape == shape


@pytest.mark.parametrize("levels", [["compressed"] * 3, ["compressed", "singleton", "singleton"]])
def test_extents_that_multiply_beyond_64_bits(levels):
    shape = (2**40, 2**40, 5)
    columns = [[2**40 - 1, 0, 2**40 - 1], [7, 2**39, 7], [4, 0, 4]]
    tree = build(Coordinates.of(shape, columns, np.array([1, 2, 3])), Format.of(levels, [2, 1, 0]))
    listed = tree.coordinates()
    assert [column.tolist() for column in listed.columns] == [[0, 2**40 - 1], [2**39, 7], [0, 4]]
    assert listed.values.tolist() == [2, 4]


@pytest.mark.parametrize("extent", [2**31, 2**61, 2**62])
def test_equal_points_of_a_large_extent_stay_in_order(extent):
    columns = [[extent - 1, 0, extent - 1, extent - 1]]
    values = np.array([1, 5, 2**-24, -1], np.float64)
    points = Coordinates.of((extent,), columns, values).arranged([0])
    assert points.columns[0].tolist() == [0, extent - 1]
    assert points.values.tolist() == [5, 2**-24]


def test_zeros_are_kept_or_dropped():
    points = Coordinates.of((4,), [[0, 1, 2, 3]], np.array([0, -0.0, np.nan, 2], np.float32))
    tree = build(points, Format.of(["compressed"]))
    assert len(tree.values) == 4
    assert convert(tree, tree.format).coordinates().columns[0].tolist() == [0, 1, 2, 3]
    dropped = convert(tree, tree.format, zeros="drop")
    assert dropped.coordinates().columns[0].tolist() == [2, 3]


def test_equal_points_are_summed_once_rounded():
    values = np.array([2**24, 1, 1], np.float32)  # in f32, either 1 would be lost
    tree = build(Coordinates.of((1,), [[0, 0, 0]], values), Format.of(["compressed"]))
    assert tree.values.tolist() == [2**24 + 2]


def test_sums_beyond_the_type_are_refused():
    values = np.array([2**31 - 1, 1], np.int32)
    with pytest.raises(ValueError, match="sum to 2147483648, beyond int32"):
        build(Coordinates.of((1,), [[0, 0]], values), Format.of(["compressed"]))


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        (["dense", "singleton"], "has 2 coordinates for position 0 .* expected 1"),
        (["compressed"], "2 dimensions: expected 1"),
    ],
)
def test_formats_that_do_not_fit_the_points(levels, message):
    with pytest.raises(ValueError, match=message):
        build(Coordinates.from_dense(EXAMPLE), Format.of(levels))


def test_one_coordinate_in_each_row_needs_no_segments():
    tree = store(np.eye(3, dtype=np.float32)[[2, 0, 1]], ["dense", "singleton"], [0, 1])
    assert [tree.levels[1].fiber(row) for row in range(3)] == [[(2, 0)], [(0, 1)], [(1, 2)]]


def test_what_takes_more_memory_than_there_is():
    points = Coordinates.of((2**40, 2**40), [[0], [0]], np.ones(1, np.float32))
    with pytest.raises(ValueError, match="needs more memory than there is"):
        build(points, Format.of(["dense", "dense"]))


@pytest.mark.parametrize(
    ("shape", "columns", "message"),
    [
        ((2,), [[0, 2]], "coordinate 2 of dimension 0: expected 0 to 1"),
        ((2,), [[-1, 0]], "coordinate -1 of dimension 0: expected 0 to 1"),
        ((2,), [[0, 0.5]], "dimension 0 has coordinates of type float64"),
        ((2,), [[0]], "dimension 0 has 1 coordinates for 2"),
        ((2, 2), [[0, 0]], "1 columns of coordinates for 2 dimensions"),
    ],
)
def test_points_that_are_none(shape, columns, message):
    with pytest.raises(ValueError, match=message):
        Coordinates.of(shape, columns, np.ones(2))
