"""What several kinds of line are made of: types, levels, places, sums and constants."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple, TypeVar, cast, get_args

from rdu.configuration.constants import to_f32
from rdu.configuration.cursor import Cursor
from rdu.configuration.lexer import MOST_DIGITS
from rdu.configuration.model import (
    Affine,
    Constant,
    DType,
    Endpoint,
    Formal,
    Operand,
    Place,
    Source,
    TokenKind,
)

DTYPES: tuple[DType, ...] = get_args(DType)
TOKEN_KINDS: tuple[TokenKind, ...] = get_args(TokenKind)
T = TypeVar("T")

MOST_INTEGER = 10**MOST_DIGITS - 1
"""The largest integer that a text can say."""


class Header(NamedTuple):
    """The first line of a section, unit, context or net; what it does not say is empty."""

    name: str
    formals: tuple[Formal, ...] = ()
    place: Place | None = None
    source: Source | None = None
    kind: TokenKind = "control"
    output: Endpoint = Endpoint("", "", "")


def listed(cursor: Cursor, close: str, item: Callable[[Cursor], T]) -> tuple[T, ...]:
    """Read items separated by commas, if any, and the mark that closes them."""
    items: list[T] = []
    if cursor.accept(close):
        return ()
    items.append(item(cursor))
    while cursor.take(",", close) == ",":
        items.append(item(cursor))
    return tuple(items)


def dtype(cursor: Cursor) -> DType:
    """Read `f32`."""
    return cast(DType, cursor.take(*DTYPES))


def token_kind(cursor: Cursor) -> TokenKind:
    """Read `vector`."""
    return cast(TokenKind, cursor.take(*TOKEN_KINDS))


def place(cursor: Cursor) -> Place:
    """Read `(2, -1)`."""
    cursor.take("(")
    row = cursor.take_integer("a row")
    cursor.take(",")
    column = cursor.take_integer("a column")
    cursor.take(")")
    return row, column


def endpoint(cursor: Cursor) -> Endpoint:
    """Read `dot.main.c`."""
    token = cursor.token
    parts = token.text.split(".")
    if token.kind != "word" or len(parts) != 3 or any(part[0].isdigit() for part in parts):
        cursor.fail("a port as unit.context.port")
    return Endpoint(*cursor.take_path("a port").split("."))


def last_port(cursor: Cursor) -> str:
    """Read `data` and the end of the line."""
    name = cursor.take_name("a port name")
    cursor.take_end()
    return name


def affine(cursor: Cursor) -> Affine:
    """Read `33*n + k - 7`: terms of one name are added up and stand in order of appearance."""
    constant = 0
    terms: dict[str, int] = {}
    sign = -1 if cursor.accept("-") else 1
    while True:
        if cursor.token.kind == "int":
            sign *= cursor.take_natural("a coefficient")
            name = None
            if cursor.at("*"):
                cursor.take("*")
                name = cursor.take_name("a counter")
        else:
            name = cursor.take_name("a counter or a number")
        if name is None:
            constant += sign
        else:
            terms[name] = terms.get(name, 0) + sign
        if not (cursor.at("+") or cursor.at("-")):
            break
        sign = 1 if cursor.take("+", "-") == "+" else -1
    if max(map(abs, (constant, *terms.values()))) > MOST_INTEGER:
        cursor.fail(f"sums of at most {MOST_DIGITS} digits before")
    return Affine(constant, tuple((name, c) for name, c in terms.items() if c))


_WORDS: dict[str, float | bool] = {
    "inf": math.inf,
    "nan": math.nan,
    "true": True,
    "false": False,
}


def operand(cursor: Cursor) -> Operand:
    """Read `x`, `1`, `-2.5e-3`, `inf` or `true`."""
    token = cursor.token
    if token.kind == "word" and token.text not in _WORDS:
        return cursor.take_name("an operand")
    return constant(cursor, "an operand")


def constant(cursor: Cursor, what: str = "a constant") -> Constant:
    """Read `1`, `-2.5e-3`, `inf` or `true`: its spelling is its type."""
    negative = cursor.accept("-")
    token = cursor.token
    if token.text in _WORDS and not (negative and token.text != "inf"):
        cursor.take(token.text)
        return -math.inf if negative else _WORDS[token.text]
    if token.kind == "int":
        value = cursor.take_natural(what)
        return -value if negative else value
    if token.kind == "float":
        return _float(cursor, sign=-1 if negative else 1)
    cursor.fail("a number" if negative else what)


def _float(cursor: Cursor, sign: Literal[-1, 1]) -> float:
    text = cursor.token.text
    try:
        value = to_f32(sign * float(text))
    except OverflowError:
        cursor.fail("a constant within f32")
    cursor.take_kind("float", "a constant")
    return value
