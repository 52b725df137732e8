"""What a machine makes of the cost of a nest, and so of the order that is chosen."""

from dataclasses import replace

import pytest
from statements import statement

from rdu.analysis.sparse.choice import choose
from rdu.analysis.sparse.cost import cost_of
from rdu.analysis.sparse.nest import Nest
from rdu.analysis.sparse.target import IDEAL, Target, lanes_along

EXTENTS = {"i": 60, "j": 48, "k": 70}
WIDE = Target(lanes=16)


def lanes(wanted, order, most=16):
    nest = Nest(wanted, order)
    return lanes_along(nest, nest.root(), most)


def rows_of_dense(form=""):
    return statement("ij", [("ik", "ds"), ("kj", form)], EXTENTS)


@pytest.mark.parametrize(("most", "width"), [(1, 1), (5, 4), (16, 16), (20, 16), (64, 48)])
def test_lanes_divide_the_extent(most, width):
    assert lanes(rows_of_dense(), "ikj", most) == width


def test_what_is_not_innermost_or_not_dense_has_no_lanes():
    assert lanes(rows_of_dense("ds"), "ikj") == 1
    assert lanes(rows_of_dense("dd10"), "ikj") == 1  # the columns are stored one after another
    assert lanes(statement("ij", [("ij", "ds"), ("ij", "")], EXTENTS), "ij") == 1


def test_a_sum_in_a_loop_leaves_it_scalar():
    wanted = statement("ij", [("ik", ""), ("kj", "")], EXTENTS)
    assert lanes(wanted, "ijk") == 1
    nest = Nest(wanted, "ijk")
    _, inside = nest.inside(nest.root(), wanted.expression)
    assert lanes_along(nest, inside, 16) == 14  # over k, of 70


def test_a_compressed_level_that_is_whole_has_lanes():
    wanted = rows_of_dense("ss")
    first, second = wanted.tensors.values()
    whole = replace(wanted, tensors={0: first, 1: replace(second, whole=True)})
    assert (lanes(wanted, "ikj"), lanes(whole, "ikj")) == (1, 16)


def test_lanes_divide_tokens_and_not_operations_or_results():
    nest = Nest(rows_of_dense(), "ikj")
    one, many = cost_of(nest), cost_of(nest, WIDE)
    assert (many.operations, many.results) == pytest.approx((one.operations, one.results))
    assert one.tokens / 16 < many.tokens < one.tokens / 10


def test_lanes_change_the_order():
    """The loop over columns of a dense operand comes innermost."""
    extents = {"i": 2_000, "j": 16, "k": 100}
    wanted = statement("ij", [("ik", "ds10"), ("kj", "")], extents, 0.01)
    orders = ["".join(choose(wanted, target).nest.order) for target in (IDEAL, WIDE)]
    assert orders == ["jki", "kij"]


def test_sums_that_do_not_fit_are_walked_again():
    wanted = statement("ij", [("ik", "ds10"), ("kj", "dd")], EXTENTS)
    nest = Nest(wanted, "kij")
    words = 60 + 60 * 48
    walked = 2 * (70 + 70 * 60 * 0.1)
    for ranges in (1, 2, 5):
        again = cost_of(nest, Target(room=-(-words // ranges))).ranges_again
        assert again == pytest.approx((ranges - 1) * walked)
    by_rows = Nest(statement("ij", [("ik", "ds"), ("kj", "dd")], EXTENTS), "ikj")
    assert cost_of(by_rows, Target(room=48)).ranges_again == 0


def test_room_changes_the_order():
    """All sums of a product by outer products are held at once, or those of a column."""
    extents = {"i": 2_000, "j": 8, "k": 100}
    wanted = statement("ij", [("ik", "ds10"), ("kj", "")], extents, 0.001)
    orders = ["".join(choose(wanted, t).nest.order) for t in (IDEAL, Target(room=1000))]
    assert orders == ["kij", "jki"]
