"""Accesses over whole domains, against a loop over their points."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest

from rdu.semantics import domain
from rdu.semantics.domain import coordinates, first, last, last_domain, points, read, write


@dataclass(frozen=True)
class Row:
    coefficients: tuple[int, ...]
    constant: int = 0


DOMAIN = (range(1, 9, 3), range(2), range(4))
ACCESSES = {
    "selection": [Row((1, 0, 0)), Row((0, 0, 1))],
    "transposed": [Row((0, 0, 1)), Row((1, 0, 0))],
    "strided": [Row((0, 0, 2), 1), Row((2, 0, 0), -1)],
    "window": [Row((1, 0, 1)), Row((0, 1, 0))],
    "diagonal": [Row((1, 0, 0)), Row((1, 0, 0))],
    "backwards": [Row((-1, 0, 0), 9), Row((0, 0, 1))],
    "constant": [Row((0, 0, 0), 3), Row((0, 1, 0))],
    "tiled": [Row((0, 1, 0)), Row((0, 8, 2), 1)],
}


def elements(rows):
    """The element that each point of the domain accesses, in order."""
    for point in product(*DOMAIN):
        yield tuple(
            row.constant + sum(c * i for c, i in zip(row.coefficients, point, strict=True))
            for row in rows
        )


@pytest.fixture
def array():
    return np.arange(20 * 20).reshape(20, 20)


@pytest.mark.parametrize("rows", ACCESSES.values(), ids=ACCESSES)
def test_read(rows, array):
    value = np.broadcast_to(read(array, rows, DOMAIN), (3, 2, 4))
    assert value.ravel().tolist() == [array[element] for element in elements(rows)]


@pytest.mark.parametrize("rows", ACCESSES.values(), ids=ACCESSES)
@pytest.mark.parametrize("shape", [(3, 2, 4), (3, 1, 4), (1, 1, 1), ()])
def test_write_leaves_the_last_value(rows, shape, array):
    values = -1 - np.arange(np.prod(shape, dtype=int)).reshape(shape)
    expected = array.copy()
    spread = np.broadcast_to(values, (3, 2, 4)).ravel()
    for element, value in zip(elements(rows), spread, strict=True):
        expected[element] = value
    write(array, rows, DOMAIN, values)
    assert np.array_equal(array, expected)


def test_selections_are_views(array):
    assert np.shares_memory(read(array, ACCESSES["transposed"], DOMAIN), array)
    assert not np.shares_memory(read(array, ACCESSES["window"], DOMAIN), array)


def test_fixed_counters_do_not_matter(array):
    """A counter of one value may appear in any row: the access is still a view."""
    rows = [Row((4, 1)), Row((1, 0))]
    value = read(array, rows, (range(2, 3), range(5)))
    assert value.shape == (1, 5)
    assert np.shares_memory(value, array)
    assert value.ravel().tolist() == array[8:13, 2].tolist()


def test_arrays_without_axes():
    register = np.zeros((), np.float32)
    write(register, [], (range(3), range(2)), np.arange(6.0).reshape(3, 2))
    assert register == 5
    assert read(register, [], (range(3), range(2))).shape == (1, 1)
    assert read(register, [], ()).shape == ()


def test_coordinates_lie_along_their_axis():
    assert coordinates(DOMAIN, 0).tolist() == [[[1]], [[4]], [[7]]]
    assert coordinates(DOMAIN, 2).shape == (1, 1, 4)


def test_first_and_last():
    values = np.arange(6).reshape(2, 3)
    assert last(values, 1).tolist() == [[2], [5]]
    assert first(values, 0).tolist() == [[0]]
    assert last(np.array(7), 1) == 7
    assert last_domain(DOMAIN, 1) == (range(1, 9, 3), range(1, 2), range(3, 4))


@pytest.mark.parametrize(
    ("budget", "nested", "multiple", "sizes"),
    [(1000, 1, 1, [10]), (30, 1, 1, [3, 3, 3, 1]), (30, 2, 1, [1] * 10), (30, 5, 4, [4, 4, 2])],
)
def test_parts_cover_the_domain_in_order(monkeypatch, budget, nested, multiple, sizes):
    monkeypatch.setattr(domain, "POINTS_AT_ONCE", budget)
    cut = domain.parts((range(3, 33, 3), range(2), range(5)), nested=nested, multiple=multiple)
    assert [len(outer) for outer, *_ in cut] == sizes
    assert [value for outer, *_ in cut for value in outer] == list(range(3, 33, 3))
    assert {tuple(rest) for _, *rest in cut} == {(range(2), range(5))}


def test_a_domain_without_counters_is_one_part():
    assert domain.parts(()) == [()]


def test_points_fix_counters_in_order():
    assert list(points((range(2), range(5), range(3, 5)), (0, 2))) == [
        (range(i, i + 1), range(5), range(k, k + 1)) for i in range(2) for k in (3, 4)
    ]
