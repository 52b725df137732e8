"""Orders of loops: which there are, which one is chosen, and why there may be none."""

import itertools

import pytest
from statements import statement

from rdu.analysis.sparse.choice import NoOrderError, choose, find_circle, orders
from rdu.analysis.sparse.cost import cost_of
from rdu.analysis.sparse.nest import (
    MOST_COORDINATES,
    Nest,
    Rule,
    accumulated,
    made_one,
    rules_of,
    variables,
)

SMALL = {"i": 50, "j": 40, "k": 60, "l": 30}


def chosen(*args, **kwargs):
    return "".join(choose(statement(*args, **kwargs)).nest.order)


def test_orders_are_those_that_keep_the_rules():
    rules = [Rule("i", "k", ""), Rule("k", "j", "")]
    every = set(itertools.permutations("hijk"))
    kept = {p for p in every if p.index("i") < p.index("k") < p.index("j")}
    found = list(orders("hijk", rules))
    assert set(found) == kept
    assert len(found) == len(kept)


def test_rows_times_rows_go_row_by_row():
    assert chosen("ij", [("ik", "ds"), ("kj", "ds")], SMALL) == "ikj"
    assert chosen("ij", [("ik", "ds10"), ("kj", "ds")], SMALL)[0] == "k"
    assert chosen("ij", [("ik", "ds"), ("kj", "ds10")], SMALL)[-1] == "k"


def test_a_sampled_product_samples():
    operands = [("ij", "ds"), ("ik", ""), ("kj", "")]
    assert chosen("ij", operands, SMALL) == "ijk"


def test_a_wish_is_granted():
    assert chosen("ij", [("ik", ""), ("kj", "")], SMALL, wish="kji") == "kji"


def test_the_choice_is_the_cheapest():
    wanted = statement("ij", [("ikl", "sss"), ("kj", ""), ("lj", "ds")], SMALL)
    costs = [
        cost_of(Nest(wanted, order)).total for order in orders(variables(wanted), rules_of(wanted))
    ]
    assert choose(wanted).cost.total == min(costs)


@pytest.mark.parametrize(
    "operands",
    [
        [("ijk", "ddd"), ("zjl", "sss"), ("lk", "ds")],
        [("zij", "sss"), ("zjk", "ddd"), ("kl", "")],
        [("izj", "sss"), ("zj", "ds"), ("kjl", "")],
    ],
)
def test_what_has_one_value_does_not_matter(operands):
    """`i` of the output and `z`, which is summed, are tried at the ends alone: as good a place."""
    wanted = statement("ik", operands, SMALL | {"i": 1, "z": 1})
    costs = []
    for order in orders(variables(wanted), rules_of(wanted)):
        extents = [wanted.extents[name] for name in accumulated(wanted, order)]
        if made_one(extents) <= MOST_COORDINATES:
            costs.append(cost_of(Nest(wanted, order)).total)
    assert choose(wanted).cost.total <= min(costs) * 1.01


def test_orders_that_differ_in_what_comes_early_or_late_are_one():
    rules = [Rule("k", "z", ""), Rule("j", "a", "")]
    found = ["".join(order) for order in orders("aijkz", rules, "a", "z")]
    assert found == ["ijakz", "ikjaz", "jaikz", "jakiz", "kijaz", "kjaiz"]


def test_circles_of_rules_are_the_shortest():
    rules = [Rule("i", "j", "a"), Rule("j", "k", "b"), Rule("k", "i", "c"), Rule("k", "j", "d")]
    assert [rule.because for rule in find_circle(rules)] == ["b", "d"]


def test_storage_may_leave_no_order():
    with pytest.raises(NoOrderError) as refusal:
        choose(statement("ij", [("ij", "ds"), ("ij", "ds10")], SMALL))
    assert {rule.tensor for rule in refusal.value.rules} == {0, 1}


def test_what_would_accumulate_too_much():
    """Levels from the third on are one: its coordinates have to be such as a level may have."""
    extents = {"i": 3, "j": 2**20, "k": 2**20, "l": 2**15, "m": 2**16}
    wanted = statement("jklm", [("ijklm", "sssss")], extents, 1e-12)
    assert choose(wanted).nest.order == tuple("ijklm")
    wanted = statement("jklm", [("ijklm", "sssss")], extents | {"l": 2**15 + 1}, 1e-12)
    with pytest.raises(NoOrderError) as refusal:
        choose(wanted)
    assert refusal.value.coordinates == 2**31 + 2**16


def test_many_variables_are_improved_from_a_start():
    """A chain of products over ten variables; by name, the first orders do everything outside."""
    names = "abcdefghij"
    extents = dict.fromkeys(names, 20)
    operands = [(a + b, "") for a, b in itertools.pairwise(names)]
    wanted = statement("aj", operands, extents)
    first = cost_of(Nest(wanted, next(orders(variables(wanted), rules_of(wanted)))))
    assert choose(wanted).cost.total <= first.total
