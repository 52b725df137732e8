"""What is counted of trees and points."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sparse_arrays import point_lists

from rdu.semantics.fibertree import (
    NAMED_FORMATS,
    Coordinates,
    build,
    count_fibers,
    describe,
)
from rdu.semantics.fibertree.statistics import LevelStatistics

EXAMPLE = np.array([[5, 0, 0, 1], [0, 0, 0, 0], [0, 3, 0, 0]], np.int32)


def test_a_tree_in_numbers():
    points = Coordinates.of((3, 4), [[0, 0, 2, 2], [0, 3, 1, 2]], np.array([5, 1, 3, 0], np.int32))
    numbers = describe(build(points, NAMED_FORMATS["csr"]))
    assert (numbers.stored, numbers.nonzero, numbers.nbytes) == (4, 3, 4 * (4 + 4 + 4))
    assert numbers.levels == (
        LevelStatistics(0, 3, fibers=1, coordinates=3, empty=0, longest=3),
        LevelStatistics(1, 4, fibers=3, coordinates=4, empty=1, longest=2),
    )


def test_a_tree_of_nothing_in_numbers():
    numbers = describe(build(Coordinates.from_dense(EXAMPLE * 0), NAMED_FORMATS["dcsr"]))
    assert [level.fibers for level in numbers.levels] == [1, 0]
    assert (numbers.stored, numbers.levels[1].longest) == (0, 0)


@given(st.data())
def test_fibers_are_counted_for_any_order(data):
    points = data.draw(point_lists())
    order = data.draw(st.permutations(range(len(points.shape))))
    rows = list(zip(*(points.columns[d].tolist() for d in order), strict=True))
    expected = tuple(len({row[: depth + 1] for row in rows}) for depth in range(len(order)))
    assert count_fibers(points, order) == expected
