"""The published grammar and the reader accept the same texts and reject the same texts."""

import random
import re
from functools import cache
from pathlib import Path

import lark
import pytest

from rdu.configuration import ConfigurationError, parse

ROOT = Path(__file__).parents[3]
GRAMMAR = ROOT / "python" / "rdu" / "configuration" / "grammar.lark"
FORMS = Path(__file__).with_name("forms.txt").read_text()
"""A text with every form that a statement can have; it need not mean anything."""
CORPUS = [*sorted((ROOT / "examples" / "configurations").glob("*.rdu"))]
PLACED = Path(__file__).with_name("placed.rdu").read_text()

SEMANTIC = ("not yet bound", "within f32")
"""Refusals of the reader that no grammar can say."""


@cache
def grammar() -> lark.Lark:
    return lark.Lark(GRAMMAR.read_text(), parser="lalr")


def grammar_accepts(text: str) -> bool:
    try:
        grammar().parse(text)
    except lark.exceptions.UnexpectedInput:
        return False
    return True


def reader_accepts(text: str) -> bool:
    try:
        parse(text)
    except ConfigurationError as error:
        return all(any(s in d.message for s in SEMANTIC) for d in error.diagnostics)
    return True


@pytest.mark.parametrize("text", [*(path.read_text() for path in CORPUS), PLACED, FORMS])
def test_both_accept(text: str) -> None:
    assert grammar_accepts(text)
    assert reader_accepts(text)


TOKENS = re.compile(r'"[^"\n]*"|\.\.|(?:[A-Za-z_0-9]|\.(?!\.))+|->|<-|[<=>!]=|\S|\n')


def mutate(tokens: list[str], choice: random.Random) -> list[str]:
    """Drop, double, swap or replace a token."""
    where, other = choice.randrange(len(tokens)), choice.randrange(len(tokens))
    changed = list(tokens)
    match choice.randrange(4):
        case 0:
            del changed[where]
        case 1:
            changed.insert(where, changed[where])
        case 2:
            changed[where], changed[other] = changed[other], changed[where]
        case _:
            changed[where] = choice.choice([*tokens, "inf", "nan", "true", "over", "init", "1e9"])
    return changed


@pytest.mark.parametrize("seed", range(10))
def test_both_agree_on_damaged_text(seed: int) -> None:
    choice = random.Random(seed)
    sections = FORMS.split("section ")
    for _ in range(60):
        # One section at a time: most of what changes is then within reach of a later change.
        text = sections[0] + "section " + choice.choice(sections[1:])
        if "host" not in text:
            text += "host {\n}\n"
        tokens = TOKENS.findall(text)
        for _ in range(choice.choice([1, 1, 2])):
            tokens = mutate(tokens, choice)
        text = " ".join(tokens)
        assert reader_accepts(text) == grammar_accepts(text), text
