"""How levels meet: products intersect, sums unite, what zeros do not absorb takes everything."""

import pytest
from statements import access

from rdu.analysis.sparse.expression import Apply, Constant, Reduce
from rdu.analysis.sparse.meeting import Intersect, Level, Unite, UnmergeableError, Walk, meet
from rdu.analysis.sparse.zeros import Zeros, zeros_of

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
    assert zeros_of(f("div", A, Constant(0.0))) is Zeros.EVERYWHERE


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
