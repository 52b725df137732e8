"""Any program that text can say comes back as it was, from both readers of the language."""

from functools import cache
from pathlib import Path

import lark
from hypothesis import HealthCheck, given, settings
from random_programs import PROGRAMS

from rdu.configuration import parse, print_program
from rdu.configuration.model import Program

GRAMMAR = Path(__file__).parents[3] / "python" / "rdu" / "configuration" / "grammar.lark"


@cache
def grammar() -> lark.Lark:
    return lark.Lark(GRAMMAR.read_text(), parser="lalr")


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(PROGRAMS)
def test_parsing_is_the_inverse_of_printing(program: Program) -> None:
    text = print_program(program)
    again = parse(text)
    assert again == program
    assert print_program(again) == text
    grammar().parse(text)
