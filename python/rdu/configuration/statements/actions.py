"""Lines that say what a context does: accesses, stages of a PCU, stream primitives."""

from __future__ import annotations

from typing import cast

from rdu.configuration.cursor import Cursor
from rdu.configuration.model import (
    SYSTOLIC,
    Affine,
    Drive,
    Load,
    Operand,
    Operation,
    Primitive,
    Read,
    Route,
    Sparse,
    Storage,
    Store,
    Update,
    Write,
)
from rdu.configuration.primitives import FORMS
from rdu.configuration.sparse import FORMS as SPARSE_FORMS
from rdu.configuration.statements.parts import affine, last_port, listed, operand


def read(cursor: Cursor) -> Read:
    """Read `rows[32*m + k] buffer @m back r -> data`."""
    name, address, level = _word(cursor)
    back = affine(cursor) if cursor.accept("back") else Affine()
    cursor.take("->")
    return Read(name, address, level, last_port(cursor), back, cursor.start)


def write(cursor: Cursor) -> Write:
    """Read `rows[32*m + k] buffer @m <- data`."""
    name, address, level = _word(cursor)
    cursor.take("<-")
    return Write(name, address, level, last_port(cursor), cursor.start)


def update(cursor: Cursor) -> Update:
    """Read `bins[key] buffer @pass addi <- one -> old`."""
    name, address, level = _word(cursor)
    mnemonic = cursor.take_path("an operation")
    cursor.take("<-")
    port = cursor.take_name("a port name")
    old = cursor.take_name("a port name") if cursor.accept("->") else None
    cursor.take_end()
    return Update(name, address, level, mnemonic, port, old, cursor.start)


def load(cursor: Cursor) -> Load:
    """Read `x[m, k] -> data`."""
    name, index = _element(cursor)
    cursor.take("->")
    return Load(name, index, last_port(cursor), cursor.start)


def store(cursor: Cursor) -> Store:
    """Read `y[m, n] <- data`."""
    name, index = _element(cursor)
    cursor.take("<-")
    return Store(name, index, last_port(cursor), cursor.start)


def operation(cursor: Cursor) -> Operation:
    """Read `p = mulf a b`, `s = reduce addf p over k init b` or `y = systolic a b over k`."""
    result = cursor.take_name("a result name")
    cursor.take("=")
    reduces = cursor.accept("reduce") or cursor.at(SYSTOLIC)
    mnemonic = cursor.take_path("an operation")
    operands: list[Operand] = []
    while cursor.token.kind != "end" and not cursor.at("over"):
        operands.append(operand(cursor))
    if cursor.at("over") and not reduces:
        cursor.fail("an operand", "only 'reduce' and 'systolic' go over a counter")
    over = init = None
    if reduces:
        cursor.take("over")
        over = cursor.take_name("a counter")
        init = operand(cursor) if cursor.accept("init") else None
    cursor.take_end()
    return Operation(result, mnemonic, tuple(operands), over, init, cursor.start)


def drive(cursor: Cursor) -> Drive:
    """Read `c <- s`."""
    name = cursor.take_name("a port name")
    cursor.take("<-")
    value = cursor.take_name("a value")
    cursor.take_end()
    return Drive(name, value, cursor.start)


def primitive(cursor: Cursor) -> Route:
    """Read `x0 x1 by w -> y` and the like, as the primitive that is the line's keyword has it."""
    word = cast(Primitive, cursor.statement.keyword)
    form = FORMS[word]
    inputs = [cursor.take_name("an input")]
    end = "by" if form.by else "->"
    while form.several_inputs and not cursor.at(end):
        inputs.append(cursor.take_name(f"an input or '{end}'"))
    cursor.take(end)
    by = None
    if form.by:
        by = cursor.take_name("an input")
        cursor.take("->")
    outputs = [cursor.take_name("an output")]
    while form.several_outputs and cursor.token.kind != "end":
        outputs.append(cursor.take_name("an output"))
    source = cursor.take_name("an output") if form.source and cursor.accept("source") else None
    cursor.take_end()
    return Route(word, tuple(inputs), tuple(outputs), by, source, cursor.start)


def sparse(cursor: Cursor) -> Sparse:
    """Read `r of compressed(B.segments, B.coordinates) -> c q`, `addf v o -> x` and the like."""
    word = cursor.statement.keyword
    function, take = None, _input
    if SPARSE_FORMS[word].function is not None:
        function, take = cursor.take_path("a function"), operand
    inputs = [take(cursor)]
    while cursor.token.kind != "end" and not any(map(cursor.at, ("of", "with", "->"))):
        inputs.append(take(cursor))
    storage = _storage(cursor) if cursor.accept("of") else None
    settings = [_setting(cursor)] if cursor.accept("with") else []
    while settings and cursor.accept(","):
        settings.append(_setting(cursor))
    outputs = [cursor.take_name("an output")] if cursor.accept("->") else []
    while outputs and cursor.token.kind != "end":
        outputs.append(cursor.take_name("an output"))
    cursor.take_end()
    return Sparse(
        word, tuple(inputs), tuple(outputs), function, storage, tuple(settings), cursor.start
    )


def _input(cursor: Cursor) -> str:
    return cursor.take_name("an input")


def _storage(cursor: Cursor) -> Storage:
    kind = cursor.take_name("a kind of storage")
    cursor.take("(")
    parts = [_part(cursor)]
    while cursor.take(",", ")") == ",":
        parts.append(_part(cursor))
    return Storage(kind, tuple(parts))


def _part(cursor: Cursor) -> str | int:
    if cursor.token.kind == "int":
        return cursor.take_natural("an extent")
    return cursor.take_path("a formal name or an extent")


def _setting(cursor: Cursor) -> tuple[str, int]:
    return cursor.take_name("a setting"), cursor.take_integer("a whole number")


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
    return name, listed(cursor, "]", affine)
