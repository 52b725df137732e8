"""Levels and values that make no tree are told from those that do."""

import numpy as np
import pytest

from rdu.semantics.fibertree import (
    BitvectorLevel,
    CompressedLevel,
    DenseLevel,
    Fibertree,
    Format,
    SingletonLevel,
    find_flaws,
)

ROWS = DenseLevel(3)

COLUMNS = CompressedLevel(4, np.array([0, 1, 1, 2]), np.array([1, 3]))


def compressed(segments, crds):
    return CompressedLevel(4, np.array(segments), np.array(crds))


def flaws(level, kind, values=3):
    form = Format.of(["dense", kind])
    return find_flaws(Fibertree((3, 4), form, (ROWS, level), np.ones(values)))


@pytest.mark.parametrize(
    ("segments", "crds", "where", "message"),
    [
        ([0, 2, 3], [0, 3, 1], ("segments", 3), "has 3 segments: expected 4"),
        ([1, 2, 2, 3], [0, 3, 1], ("segments", 0), "starts at 1"),
        ([0, 2, 1, 3], [0, 3, 1], ("segments", 2), "falls from 2 to 1"),
        ([0, 2, 2, 4], [0, 3, 1], ("segments", 3), "ends at 4: expected 3"),
        ([0, 2, 2, 3], [0, 4, 1], ("crds", 1), "coordinate 4: expected one from 0 to 3"),
        ([0, 2, 2, 3], [0, -1, 1], ("crds", 1), "coordinate -1"),
        ([0, 2, 2, 3], [3, 0, 1], ("crds", 1), "has 0 after 3 in a fiber"),
        ([0, 2, 2, 3], [3, 3, 1], ("crds", 1), "has 3 after 3 in a fiber"),
    ],
)
def test_flaws_of_compressed_levels(segments, crds, where, message):
    flaw = flaws(compressed(segments, crds), "compressed")[0]
    assert (flaw.level, flaw.array, flaw.index) == (1, *where)
    assert message in flaw.message


def test_a_tree_without_flaws():
    assert flaws(compressed([0, 2, 2, 3], [0, 3, 1]), "compressed") == []


def test_flaws_of_the_values():
    (flaw,) = flaws(compressed([0, 2, 2, 3], [0, 3, 1]), "compressed", values=2)
    assert (flaw.level, flaw.array, flaw.index) == (None, "values", 2)
    assert "has 2 values: expected 3" in flaw.message


def test_flaws_of_singletons():
    assert flaws(SingletonLevel(4, np.array([3, 0, 1])), "singleton") == []
    (flaw,) = flaws(SingletonLevel(4, np.array([3, 0])), "singleton")
    assert "has 2 coordinates: expected 3" in flaw.message
    (flaw,) = flaws(SingletonLevel(4, np.array([3, 9, 0])), "singleton")
    assert flaw.index == 1


@pytest.mark.parametrize(
    ("mask", "segments", "message"),
    [
        ([[1], [2]], [0, 1, 2, 2], "has bytes (2, 1): expected (3, 1)"),
        ([[1], [2], [4]], [0, 1, 2, 2], "not the numbers of bits"),
        ([[1], [2], [16]], [0, 1, 2, 3], "beyond coordinate 3"),
    ],
)
def test_flaws_of_bit_vectors(mask, segments, message):
    level = BitvectorLevel(4, np.array(mask, np.uint8), np.array(segments))
    assert message in flaws(level, "bitvector")[0].message


@pytest.mark.parametrize(
    ("shape", "levels", "values", "found"),
    [
        ((3,), (ROWS, COLUMNS), np.ones(2), (None, "shape", "1 dimensions: expected 2")),
        ((3, 4), (ROWS,), np.ones(2), (None, "levels", "are 1: expected 2")),
        ((3, 4), (COLUMNS, COLUMNS), np.ones(2), (0, "kind", "is CompressedLevel: expected Dense")),
        ((2, 4), (ROWS, COLUMNS), np.ones(2), (0, "extent", "is 3: expected 2")),
        ((3, 5), (ROWS, COLUMNS), np.ones(2), (1, "extent", "is 4: expected 5")),
        ((3, 4), (ROWS, COLUMNS), np.ones((2, 1)), (None, "values", "is of rank 2 and float64")),
        ((3, 4), (ROWS, COLUMNS), [1, 2], (None, "values", "is of list")),
    ],
)
def test_levels_that_are_not_those_of_format_and_shape(shape, levels, values, found):
    tree = Fibertree(shape, Format.of(["dense", "compressed"]), levels, values)
    (flaw,) = find_flaws(tree)
    assert (flaw.level, flaw.array) == found[:2]
    assert found[2] in flaw.message


@pytest.mark.parametrize("crds", [np.array([1.0, 3.0]), np.array([[1, 3]]), [1, 3]])
def test_coordinates_that_are_no_integers(crds):
    level = CompressedLevel(4, np.array([0, 1, 1, 2]), crds)
    (flaw,) = flaws(level, "compressed", values=2)
    assert (flaw.level, flaw.array, flaw.order) == (1, "crds", False)
    assert "expected an array of rank 1 of integers" in flaw.message
