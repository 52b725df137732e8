"""Reading programs: what statements are, what is refused, and where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdu.frontends.sparse.notation import parse_program
from rdu.frontends.sparse.notation.parser import DEEPEST
from rdu.frontends.sparse.notation.syntax import Access, Call, Chain, Number, Reduction, walk
from rdu.support.diagnostics import RduError, SourceLocation


def expression(text):
    (statement,) = parse_program(f"x = {text}").statements
    return statement.expression


def refusals(text):
    with pytest.raises(RduError) as wrong:
        parse_program(text)
    return [str(each.render()) for each in wrong.value.diagnostics]


def test_a_statement():
    (statement,) = parse_program("X(i,j) = B(i,k) * C(k, j)", "a.txt").statements
    assert str(statement.result) == "X(i,j)"
    assert statement.variables == ("i", "j", "k")
    chain = statement.expression
    assert isinstance(chain, Chain)
    assert chain.operator == "*"
    assert [str(link.operand) for link in chain.links] == ["B(i,k)", "C(k,j)"]
    assert chain.place == SourceLocation("a.txt", 1, 17)
    assert chain.links[1].operand.place == SourceLocation("a.txt", 1, 19)


def test_operators_bind_as_they_do_everywhere():
    assert expression("a + b * c - d") == expression("a + (b * c) - d")
    assert expression("a - b - c") != expression("a - (b - c)")
    assert expression("-a * b") == expression("(-a) * b")
    assert expression("-a - b") == expression("(-a) - b")
    assert expression("a / b * c") == expression("((a / b * c))")
    assert [link.inverse for link in expression("a / b * c").links] == [False, True, False]
    assert [link.inverse for link in expression("a - b + c").links] == [False, True, False]


def test_scalars_numbers_functions_and_reductions():
    assert expression("b()") == expression("b")
    assert expression("neg(b)") == expression("-b")
    texts = ["0", "12", "1.", ".5", "1.5e-3", "2E4"]
    assert [expression(text).text for text in texts] == texts
    assert isinstance(expression("1"), Number)
    call = expression("max(a, b(), 3)")
    assert isinstance(call, Call)
    assert len(call.operands) == 3
    reduction = expression("max[j, k](B(j,k))")
    assert isinstance(reduction, Reduction)
    assert (reduction.combiner, reduction.variables) == ("max", ("j", "k"))


def test_what_begins_like_a_function_is_a_name():
    names = [each.tensor for each in walk(expression("expo + maximum + sum_1 + e + relu6"))
             if isinstance(each, Access)]  # fmt: skip
    assert names == ["expo", "maximum", "sum_1", "e", "relu6"]


@pytest.mark.parametrize(
    "text",
    [
        "x = a; y = x",
        "x = a\ny = x\n",
        "\n\n  x = a # the first; not = a statement\n\r\n\ty = x ;;\n",
        "x =\n a\n\n; y\t= x",
        "x = (\n a\n)\ny = x",
    ],
)
def test_statements_are_separated_by_semicolons_and_lines(text):
    statements = parse_program(text).statements
    assert [str(each.result) for each in statements] == ["x", "y"]


def test_lines_go_on_around_operators_and_within_brackets():
    split = "X(i,\n  j) = a(i) +\n b(j)\n\n  * c # comment\n  - max[k,\n l](\nD(k,l))"
    assert parse_program(split) == parse_program("X(i,j) = a(i) + b(j) * c - max[k,l](D(k,l))")


OPERAND = "a name, a number, a function, 'max', 'min', 'sum', 'prod', '-' or '('"
MORE = "a comparison, '+', '-', '*', '/', '('"
END_OR_MORE = "the end of the statement, a comparison, '+', '-', '*'"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: error: program is empty: expected a statement"),
        (" \n# nothing\n;", "1:1: error: program is empty: expected a statement"),
        ("x", "1:2: error: expected '=' or '(', got the end of the statement"),
        ("x = ", f"1:4: error: expected {OPERAND}, got the end of the statement"),
        ("x = a +\n", f"1:8: error: expected {OPERAND}, got the end of the statement"),
        ("x = a b", f"1:7: error: expected {END_OR_MORE}, '/' or '(', "
         "got 'b'"),
        ("x(i = B(i)", "1:5: error: expected ')' or ',', got '='"),
        ("x(i,) = B(i)", "1:5: error: expected a name, got ')'"),
        ("x(1) = B(1)", "1:3: error: expected a name or ')', got '1'"),
        ("3 = x", "1:1: error: expected a name, got '3'"),
        ("exp(i) = B(i)", "1:1: error: expected a name, got 'exp'"),
        ("x = exp()", f"1:9: error: expected {OPERAND}, got ')'"),
        ("x = exp(a, b)", f"1:10: error: expected {MORE} or ')', got ','"),
        ("x = max(a)", f"1:10: error: expected {MORE} or ',', got ')'"),
        ("x = sum(a)", "1:8: error: expected '[', got '('"),
        ("x = sum[](a)", "1:9: error: expected a name, got ']'"),
        ("x = --a", "1:6: error: expected a name, a number, a function, 'max', 'min', 'sum', "
         "'prod' or '(', got '-'"),
        ("x = a = b", f"1:7: error: expected {END_OR_MORE}, '/' or '(', "
         "got '='"),
        ("x = a; y = 1..2", f"1:14: error: expected {END_OR_MORE} or '/', "
         "got '.2'"),
        ("x = a\n\n  y = b $ c", f"3:9: error: expected {END_OR_MORE}, "
         "'/' or '(', got '$'"),
        ("x = \x00", f"1:5: error: expected {OPERAND}, got '\\x00'"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_at_its_place(text, message):
    (found,) = refusals(text)
    assert found == f"notation:{message}"


def test_every_statement_with_a_mistake_is_reported():
    found = refusals("x = ); y = a; z(i = 2; w = a +; v = a b\nu =")
    assert [each.partition(" ")[0] for each in found] == [
        "notation:1:5:",
        "notation:1:19:",
        "notation:1:31:",
        "notation:1:39:",
        "notation:2:4:",
    ]


def test_long_statements_are_read_and_deep_ones_refused():
    terms = "x = " + " + ".join(f"a{number} * b" for number in range(3000))
    assert len(parse_program(terms).statements[0].expression.links) == 3000
    deepest = "(" * DEEPEST + "a" + ")" * DEEPEST
    assert expression(deepest) == expression("a")
    assert refusals(f"x = ({deepest})") == [
        f"notation:1:{5 + DEEPEST}: error: brackets are nested too deeply: "
        f"expected at most {DEEPEST}"
    ]
    refusals("x = " + "-(exp(" * 5000)


PIECES = [*"xi()[],=+-*/;#$", "max", "sum", "exp", "1.5", "1e5", "B(i,j)", "x(i)="]
PIECES += ["\n", "\r", "\t", " ", "\x00", "\u2028", "\u00e9"]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    try:
        program = parse_program(text)
    except RduError as wrong:
        assert all(each.location is not None for each in wrong.diagnostics)  # noqa: PT017
    else:
        assert program.statements
