"""How levels meet: products intersect, sums unite, what zeros do not absorb takes everything."""

import pytest
from statements import access

from rdu.analysis.sparse.expression import Apply, Constant, Reduce
from rdu.analysis.sparse.meeting import Intersect, Level, Unite, UnmergeableError, Walk, meet
from rdu.analysis.sparse.zeros import zero_where

A, B, C, D, V, P = (access(n, "i") for n in range(6))
COMPRESSED, DENSE, POINTS = Level(False, True), Level(True, True), Level(False, False)
LEVELS = {A: COMPRESSED, B: COMPRESSED, C: COMPRESSED, D: DENSE, V: None, P: POINTS}


def f(function, *operands):
    return Apply(function, operands)


def met(expression, **options):
    found = meet(expression, LEVELS.get, **options)
    return found.driver, found.beside


def test_products_intersect_and_locate_what_is_dense():
    assert met(f("mul", A, B)) == (Intersect((Walk(A), Walk(B))), ())
    assert met(f("mul", f("mul", A, B), C)) == (Intersect((Walk(A), Walk(B), Walk(C))), ())
    assert met(f("mul", D, A)) == (Walk(A), (D,))
    assert met(f("mul", V, A)) == (Walk(A), ())
    assert met(f("mul", Constant(2.0), A)) == (Walk(A), ())


@pytest.mark.parametrize("function", ["add", "sub", "max", "min"])
def test_sums_unite(function):
    assert met(f(function, A, B)) == (Unite((Walk(A), Walk(B))), ())
    assert met(f(function, A, D)) == (None, (D, A))
    assert met(f(function, A, V)) == (None, (A,))


def test_sums_of_products():
    parts = Intersect((Walk(A), Walk(B)))
    assert met(f("add", f("mul", A, B), C)) == (Unite((parts, Walk(C))), ())
    assert met(f("mul", f("add", A, V), C)) == (Walk(C), (A,))


def test_what_is_not_zero_at_zero_takes_everything():
    for function in ("exp", "log", "rsqrt", "sigmoid"):
        assert met(f(function, A)) == (None, (A,))
    for function in ("abs", "neg", "relu", "sqrt", "tanh"):
        assert met(f(function, A)) == (Walk(A), ())
    assert met(f("add", A, Constant(1.0))) == (None, (A,))
    assert met(f("max", A, Constant(-1.0))) == (Walk(A), ())
    assert met(f("max", A, Constant(1.0))) == (None, (A,))
    assert met(f("mul", f("exp", A), B)) == (Walk(B), (A,))


def test_division():
    assert met(f("div", A, Constant(2.0))) == (Walk(A), ())
    assert met(f("div", A, B)) == (None, (A, B))
    assert zero_where(f("div", A, Constant(0.0))) == []


def test_comparisons_are_skipped_where_zeros_make_them_false():
    for function in ("gt", "lt", "ne", "one"):
        assert met(f(function, A, B)) == (Unite((Walk(A), Walk(B))), ())
    for function in ("ge", "le", "eq", "ueq"):
        assert met(f(function, A, B)) == (None, (A, B))
    assert met(f("gt", A, Constant(0.5))) == (Walk(A), ())
    assert met(f("gt", A, Constant(-0.5))) == (None, (A,))
    assert met(f("not", f("gt", A, Constant(0.5)))) == (None, (A,))


def test_masks_are_met_as_bits():
    one, other = f("gt", A, Constant(0.0)), f("lt", B, Constant(0.0))
    assert met(f("and", one, other)) == (Intersect((Walk(A), Walk(B))), ())
    for function in ("or", "xor"):
        assert met(f(function, one, other)) == (Unite((Walk(A), Walk(B))), ())
    assert met(f("and", f("not", one), other)) == (Walk(B), (A,))


def test_what_is_chosen_from_decides_where_a_choice_is_made():
    mask, nowhere, one = f("gt", A, V), Constant(0.0), Constant(1.0)
    of_a = f("gt", A, Constant(0.0))
    assert met(f("select", mask, B, C)) == (Unite((Walk(B), Walk(C))), (A,))
    assert met(f("select", mask, B, nowhere)) == (Walk(B), (A,))
    assert met(f("select", of_a, B, nowhere)) == (Intersect((Walk(B), Walk(A))), ())
    assert met(f("select", of_a, D, nowhere)) == (Walk(A), (D,))
    assert met(f("select", of_a, nowhere, B)) == (Walk(B), (A,))
    assert met(f("select", of_a, one, B)) == (Unite((Walk(A), Walk(B))), ())
    assert met(f("select", of_a, D, B)) == (Unite((Walk(A), Walk(B))), (D,))
    assert met(f("select", of_a, one, nowhere)) == (Walk(A), ())
    for wrong in ((of_a, B, one), (of_a, B, D), (mask, one, nowhere), (mask, D, B)):
        assert met(f("select", *wrong))[0] is None


def test_everywhere_if_asked():
    assert met(f("mul", A, B), everywhere=True) == (None, (A, B))


def test_a_reduction_has_the_coordinates_of_its_body():
    assert met(f("sub", A, Reduce("add", ("j",), f("mul", B, V)))) == (
        Unite((Walk(A), Walk(B))),
        (),
    )


def test_repeated_coordinates_are_walked_alone():
    assert met(f("mul", A, P)) == (Walk(P), (A,))
    for wrong in (f("add", A, P), f("mul", P, f("add", P, A)), f("exp", P)):
        with pytest.raises(UnmergeableError):
            met(wrong)
