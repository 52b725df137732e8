"""Fusing statements: what is inlined, under which names, and when that pays."""

from itertools import count

import pytest
from statements import access, statement, stored

from rdu.analysis.sparse.expression import Apply, Reduce, accesses, reductions
from rdu.analysis.sparse.fusion import Planner, Step, inlined
from rdu.analysis.sparse.split import split
from rdu.analysis.sparse.statement import Statement

EXTENTS = {"i": 100, "j": 16, "k": 100, "l": 100}
T = 9


def reader(output, operands, expression, density=0.1):
    tensors = {n: stored(f"t{n}", shape, form, density) for n, (shape, form) in operands.items()}
    return Statement(tuple((v,) for v in output), None, expression, tensors, EXTENTS)


def product_of(output, first, second, bound):
    return statement(output, [(first, ""), (second, "")], {v: EXTENTS[v] for v in output + bound})


def test_bound_variables_get_names_of_their_own():
    """T(k,j) = sum l, ..., read by a sum over l as T(i,l)."""
    inner = product_of("kj", "kl", "lj", "l")
    outer = reader(
        "i",
        {T: ((100, 100), "")},
        Reduce("add", ("l",), Apply("mul", (access(T, "il"), access(T, "li")))),
    )
    fused = inlined(outer, T, inner)
    names = [node.variables for node in reductions(fused.expression)]
    assert names == [("l",), ("l_1",), ("l_2",)]
    read = ["".join(a.variables) for a in accesses(fused.expression)]
    assert read == ["il_1", "l_1l", "ll_2", "l_2i"]
    assert fused.extents["l_2"] == 100


def layers(density):
    """X(i,j) = sum k, A(i,k) * T(k,j) with T(k,j) = sum l, H(k,l) * W(l,j)."""
    inner = product_of("kj", "kl", "lj", "l")
    body = Apply("mul", (access(20, "ik"), access(T, "kj")))
    operands = {20: ((100, 100), "ds"), T: ((100, 16), "")}
    return inner, reader("ij", operands, Reduce("add", ("k",), body), density)


@pytest.mark.parametrize("mode", ["none", "auto", "full"])
def test_recomputation_is_weighed(mode):
    inner, outer = layers(0.1)
    planner = Planner(mode, count(100))
    planner.add(Step(T, inner, True))
    planner.add(Step(21, outer, False))
    assert len(planner.planned) == (1 if mode == "full" else 2)
    if mode != "none":
        (decision,) = planner.decisions
        assert decision.operations_together > 5 * decision.operations_apart
        assert decision.fused == (mode == "full")


def test_what_is_sampled_is_fused():
    """X(i,k) = B(i,k) * T(i,k): a tenth of the inner products is needed."""
    inner = product_of("ik", "il", "lk", "l")
    body = Apply("mul", (access(20, "ik"), access(T, "ik")))
    outer = reader("ik", {20: ((100, 100), "ds"), T: ((100, 100), "")}, body)
    planner = Planner("auto", count(100))
    planner.add(Step(T, inner, True))
    planner.add(Step(21, outer, False))
    (planned,) = planner.planned
    assert planned.step.fused == (T,)
    (decision,) = planner.decisions
    assert decision.operations_together < decision.operations_apart / 5


def test_a_sum_beside_another_operand_can_be_split_off():
    body = Apply("sub", (access(0, "i"), Reduce("add", ("k",), access(1, "ik"))))
    whole = reader("i", {0: ((100,), "s"), 1: ((100, 100), "ds10")}, body)
    (number, part), rest = split(whole, count(5))
    assert number == 5
    assert part.expression is body.operands[1]
    assert [a.tensor for a in accesses(rest.expression)] == [0, 5]
    assert split(part, count(6)) is None
    planner = Planner("none", count(5))
    planner.add(Step(4, whole, False))
    assert [planned.step.number for planned in planner.planned] == [5, 4]
