"""What each kind of line says: from the tokens of one statement to an entity of the model.

Every function takes a cursor that stands behind the line's keyword and reads to the end of the
line; it raises `UnexpectedTokenError` at the first token that does not belong.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple, TypeVar, cast, get_args

from rdu.configuration.constants import to_f32
from rdu.configuration.cursor import Cursor
from rdu.configuration.lexer import MOST_DIGITS
from rdu.configuration.model import (
    VERSION,
    Affine,
    Counter,
    Drive,
    DType,
    Endpoint,
    Formal,
    Load,
    Memory,
    Operand,
    Operation,
    Place,
    Port,
    Read,
    Role,
    Run,
    Sink,
    Source,
    Store,
    Tensor,
    TokenKind,
    Write,
)

DTYPES: tuple[DType, ...] = ("f32", "i32", "i1")
TOKEN_KINDS: tuple[TokenKind, ...] = get_args(TokenKind)
ROLES: tuple[Role, ...] = get_args(Role)
T = TypeVar("T")

MOST_EXTENTS = 32
"""Of a tensor: NumPy has arrays of that many dimensions, and no more is sensible."""

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


def version(cursor: Cursor) -> None:
    """Read `1` of `rdu 1`."""
    if cursor.token.text != str(VERSION):
        cursor.fail(f"version {VERSION}")
    cursor.take_natural("a version")
    cursor.take_end()


def machine(cursor: Cursor) -> tuple[str, str | None]:
    """Read `plasticine hash "sha256:..."`."""
    name = cursor.take_name("a machine name")
    digest = cursor.take_string("a quoted hash") if cursor.accept("hash") else None
    cursor.take_end()
    return name, digest


def tensor(cursor: Cursor) -> Tensor:
    """Read `x : f32[64, 784] input tier dram`."""
    name, dtype, shape = _typed(cursor, "a tensor name")
    role = cast(Role, cursor.take(*ROLES))
    cursor.take("tier")
    tier = cursor.take_name("a tier name")
    cursor.take_end()
    return Tensor(name, dtype, shape, role, tier, cursor.start)


def section(cursor: Cursor) -> Header:
    """Read `gemm(a : f32[4, 32], c : f32[4, 20])`."""
    name = cursor.take_name("a section name")
    cursor.take("(")
    formals = _list(cursor, ")", _formal)
    cursor.take_end()
    return Header(name, formals=formals)


def unit(cursor: Cursor) -> Header:
    """Read `dot at (2, 3)`."""
    name = cursor.take_name("a unit name")
    place = _place(cursor) if cursor.accept("at") else None
    cursor.take_end()
    return Header(name, place=place)


def memory(cursor: Cursor) -> Memory:
    """Read `rows : f32 words 32 buffers 3`."""
    name = cursor.take_name("a memory name")
    cursor.take(":")
    dtype = _dtype(cursor)
    cursor.take("words")
    words = cursor.take_natural("a number of words")
    buffers = cursor.take_natural("a number of buffers") if cursor.accept("buffers") else 1
    cursor.take_end()
    return Memory(name, dtype, words, buffers, span=cursor.start)


def context(cursor: Cursor) -> Header:
    """Read `main from "mlp.py":12`."""
    name = cursor.take_name("a context name")
    source = None
    if cursor.accept("from"):
        file = cursor.take_string("a quoted file name")
        cursor.take(":")
        source = Source(file, cursor.take_natural("a line number"))
    cursor.take_end()
    return Header(name, source=source)


def repeat(cursor: Cursor) -> int:
    """Read `3`."""
    times = cursor.take_natural("a number of passes")
    cursor.take_end()
    return times


def counter(cursor: Cursor) -> Counter:
    """Read `k 0..32 step 2 par 16`."""
    name = cursor.take_name("a counter name")
    start = cursor.take_integer("the first value")
    cursor.take("..")
    stop = cursor.take_integer("the value behind the last")
    step = cursor.take_integer("a step") if cursor.accept("step") else 1
    par = cursor.take_natural("a number of lanes") if cursor.accept("par") else 1
    cursor.take_end()
    return Counter(name, start, stop, step, par, span=cursor.start)


def port(cursor: Cursor) -> Port:
    """Read `data : vector f32 @k` or `free : control @pass`."""
    name = cursor.take_name("a port name")
    cursor.take(":")
    kind = _token_kind(cursor)
    dtype = None if kind == "control" else _dtype(cursor)
    cursor.take("@")
    level = cursor.take_level("a level")
    cursor.take_end()
    return Port(name, kind, dtype, level, span=cursor.start)


def read(cursor: Cursor) -> Read:
    """Read `rows[32*m + k] buffer @m -> data`."""
    name, address, level = _word(cursor)
    cursor.take("->")
    return Read(name, address, level, _last_port(cursor), span=cursor.start)


def write(cursor: Cursor) -> Write:
    """Read `rows[32*m + k] buffer @m <- data`."""
    name, address, level = _word(cursor)
    cursor.take("<-")
    return Write(name, address, level, _last_port(cursor), cursor.start)


def load(cursor: Cursor) -> Load:
    """Read `x[m, k] -> data`."""
    name, index = _element(cursor)
    cursor.take("->")
    return Load(name, index, _last_port(cursor), cursor.start)


def store(cursor: Cursor) -> Store:
    """Read `y[m, n] <- data`."""
    name, index = _element(cursor)
    cursor.take("<-")
    return Store(name, index, _last_port(cursor), cursor.start)


def operation(cursor: Cursor) -> Operation:
    """Read `p = mulf a b` or `s = reduce addf p over k init b`."""
    result = cursor.take_name("a result name")
    cursor.take("=")
    reduces = cursor.accept("reduce")
    mnemonic = cursor.take_path("an operation")
    operands: list[Operand] = []
    while cursor.token.kind != "end" and not (reduces and cursor.at("over")):
        operands.append(_operand(cursor))
    over = init = None
    if reduces:
        cursor.take("over")
        over = cursor.take_name("a counter")
        init = _operand(cursor) if cursor.accept("init") else None
    cursor.take_end()
    return Operation(result, mnemonic, tuple(operands), over, init, cursor.start)


def drive(cursor: Cursor) -> Drive:
    """Read `c <- s`."""
    name = cursor.take_name("a port name")
    cursor.take("<-")
    value = cursor.take_name("a value")
    cursor.take_end()
    return Drive(name, value, cursor.start)


def net(cursor: Cursor) -> Header:
    """Read `c_out vector dot.main.c`."""
    name = cursor.take_name("a net name")
    kind = _token_kind(cursor)
    output = _endpoint(cursor)
    cursor.take_end()
    return Header(name, kind=kind, output=output)


def sink(cursor: Cursor) -> Sink:
    """Read `store_c.main.data capacity 16 init 3 via (2, 3) (2, 4)`."""
    to = _endpoint(cursor)
    cursor.take("capacity")
    capacity = None if cursor.accept("inf") else cursor.take_natural("a capacity or 'inf'")
    init = cursor.take_natural("a number of tokens") if cursor.accept("init") else 0
    route: list[Place] = []
    if cursor.accept("via"):
        route.append(_place(cursor))
        while cursor.at("("):
            route.append(_place(cursor))
    cursor.take_end()
    return Sink(to, capacity, init, tuple(route), span=cursor.start)


def run(cursor: Cursor) -> Run:
    """Read `gemm(a = x, c = y)`."""
    name = cursor.take_name("a section name")
    cursor.take("(")
    bindings: dict[str, str] = {}

    def bind(cursor: Cursor) -> None:
        if cursor.token.text in bindings:
            cursor.fail("a formal that is not yet bound")
        formal = cursor.take_path("a formal name")
        cursor.take("=")
        bindings[formal] = cursor.take_path("a tensor name")

    _list(cursor, ")", bind)
    cursor.take_end()
    return Run(name, bindings, cursor.start)


def _list(cursor: Cursor, close: str, item: Callable[[Cursor], T]) -> tuple[T, ...]:
    """Read items separated by commas, if any, and the mark that closes them."""
    items: list[T] = []
    if cursor.accept(close):
        return ()
    items.append(item(cursor))
    while cursor.take(",", close) == ",":
        items.append(item(cursor))
    return tuple(items)


def _formal(cursor: Cursor) -> Formal:
    span = cursor.span
    return Formal(*_typed(cursor, "a formal name"), span)


def _extent(cursor: Cursor) -> int:
    return cursor.take_natural("an extent")


def _typed(cursor: Cursor, what: str) -> tuple[str, DType, tuple[int, ...]]:
    name = cursor.take_path(what)
    cursor.take(":")
    dtype = _dtype(cursor)
    cursor.take("[")
    shape = _list(cursor, "]", _extent)
    if len(shape) > MOST_EXTENTS:
        cursor.fail(f"at most {MOST_EXTENTS} extents before")
    return name, dtype, shape


def _dtype(cursor: Cursor) -> DType:
    return cast(DType, cursor.take(*DTYPES))


def _token_kind(cursor: Cursor) -> TokenKind:
    return cast(TokenKind, cursor.take(*TOKEN_KINDS))


def _place(cursor: Cursor) -> Place:
    cursor.take("(")
    row = cursor.take_integer("a row")
    cursor.take(",")
    column = cursor.take_integer("a column")
    cursor.take(")")
    return row, column


def _endpoint(cursor: Cursor) -> Endpoint:
    token = cursor.token
    parts = token.text.split(".")
    if token.kind != "word" or len(parts) != 3 or any(part[0].isdigit() for part in parts):
        cursor.fail("a port as unit.context.port")
    return Endpoint(*cursor.take_path("a port").split("."))


def _last_port(cursor: Cursor) -> str:
    name = cursor.take_name("a port name")
    cursor.take_end()
    return name


def _word(cursor: Cursor) -> tuple[str, Affine, str]:
    name = cursor.take_name("a memory name")
    cursor.take("[")
    address = affine(cursor)
    cursor.take("]")
    cursor.take("buffer")
    cursor.take("@")
    return name, address, cursor.take_level("a level")


def _element(cursor: Cursor) -> tuple[str, tuple[Affine, ...]]:
    name = cursor.take_path("a formal name")
    cursor.take("[")
    return name, _list(cursor, "]", affine)


def affine(cursor: Cursor) -> Affine:
    """Read `33*n + k - 7`: terms of one counter are added up and stand in order of appearance."""
    constant = 0
    terms: dict[str, int] = {}
    sign = -1 if cursor.accept("-") else 1
    while True:
        if cursor.token.kind == "int":
            sign *= cursor.take_natural("a coefficient")
            name = cursor.take_name("a counter") if cursor.accept("*") else None
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


def _operand(cursor: Cursor) -> Operand:
    negative = cursor.accept("-")
    token = cursor.token
    if token.text in _WORDS and not (negative and token.text != "inf"):
        cursor.take(token.text)
        return -math.inf if negative else _WORDS[token.text]
    if token.kind == "int":
        value: int | float = cursor.take_natural("a constant")
        return -value if negative else value
    if token.kind == "float":
        return _float(cursor, sign=-1 if negative else 1)
    if negative:
        cursor.fail("a number")
    return cursor.take_name("an operand")


def _float(cursor: Cursor, sign: Literal[-1, 1]) -> float:
    text = cursor.token.text
    try:
        value = to_f32(sign * float(text))
    except OverflowError:
        cursor.fail("a constant within f32")
    cursor.take_kind("float", "a constant")
    return value
