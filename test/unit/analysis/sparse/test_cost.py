"""Estimates against counts on random tensors."""

from dataclasses import replace

import numpy as np
import pytest
from statements import statement

from rdu.analysis.sparse.cost import cost_of
from rdu.analysis.sparse.counts import shares_of
from rdu.analysis.sparse.nest import Nest
from rdu.semantics.fibertree import Coordinates, count_fibers

EXTENTS = {"i": 60, "j": 50, "k": 70}


def matrix(rows, columns, density, seed):
    rng = np.random.default_rng(seed)
    return (rng.random((rows, columns)) < density).astype(np.float32)


@pytest.mark.parametrize("density", [0.005, 0.02, 0.1, 0.5])
def test_shares_are_those_of_fibers(density):
    wanted = statement("ik", [("ik", "ss")], EXTENTS, density)
    nest = Nest(wanted, "ik")
    (found,) = (shares_of(nest, access) for access in nest.levels)
    share = {name: each.present for name, each in found.items()}
    rows, stored = share["i"] * 60, share["i"] * 60 * share["k"] * 70
    counts = np.mean(
        [
            count_fibers(Coordinates.from_dense(matrix(60, 70, density, seed)), (0, 1))
            for seed in range(20)
        ],
        axis=0,
    )
    np.testing.assert_allclose([rows, stored], counts, rtol=0.1)


@pytest.mark.parametrize("density", [0.02, 0.1, 0.5])
def test_shares_of_a_diagonal(density):
    """Of the coordinates of a row, which are all walked, one is taken."""
    wanted = statement("i", [("ii", "ss")], EXTENTS, density)
    nest = Nest(wanted, "i")
    (found,) = (shares_of(nest, access)["i"] for access in nest.levels)
    made = np.array([matrix(60, 60, density, seed) for seed in range(20)])
    rows, stored = made.any(2).sum() / 20, made.sum() / 20
    diagonal = made[:, range(60), range(60)].sum() / 20
    np.testing.assert_allclose(found.walked * 60, rows + stored, rtol=0.1)
    np.testing.assert_allclose(found.present * 60, diagonal, rtol=0.3)


@pytest.mark.parametrize("order", ["ijk", "ikj", "kij"])
@pytest.mark.parametrize("density", [0.02, 0.2])
def test_products_of_a_matrix_product(order, density):
    """The multiplications are the pairs that meet, in every order."""
    forms = {
        "ikj": ("ss", "ss"),
        "ijk": ("ss", "ss10"),
        "kij": ("ss10", "ss"),
    }
    b, c = forms[order]
    wanted = statement("ij", [("ik", b), ("kj", c)], EXTENTS, density)
    pairs = np.mean(
        [
            (matrix(60, 70, density, s).sum(0) * matrix(70, 50, density, s + 99).sum(1)).sum()
            for s in range(20)
        ]
    )
    cost = cost_of(Nest(wanted, order))
    np.testing.assert_allclose(cost.operations, 2 * pairs, rtol=0.1)  # products, then sums


def test_walking_all_pairs_of_rows_and_columns_costs_more():
    by_rows = statement("ij", [("ik", "ss"), ("kj", "ss")], EXTENTS, 0.02)
    by_pairs = statement("ij", [("ik", "ss"), ("kj", "ss10")], EXTENTS, 0.02)
    assert cost_of(Nest(by_rows, "ikj")).tokens < cost_of(Nest(by_pairs, "ijk")).tokens / 2


def test_storing_again_costs():
    wanted = statement("ij", [("ij", ""), ("ij", "")], EXTENTS)
    assert cost_of(Nest(wanted, "ij")).stored_again == 0
    assert cost_of(Nest(wanted, "ji")).stored_again == 2 * 2 * 60 * 50  # by the host, of both
    first, second = wanted.tensors.values()
    made = replace(wanted, tensors={0: first, 1: replace(second, hosted=False)})
    assert cost_of(Nest(made, "ij")).stored_again == 0
    assert cost_of(Nest(made, "ji")).stored_again == (2 + 10) * 60 * 50  # one by a graph
