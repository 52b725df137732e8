"""Lines that declare: the file, its tensors, sections, units and memories, and the host's runs."""

from __future__ import annotations

from typing import cast, get_args

from rdu.configuration.cursor import Cursor
from rdu.configuration.model import (
    VERSION,
    DType,
    Formal,
    Memory,
    Role,
    Run,
    Source,
    Tensor,
)
from rdu.configuration.statements.parts import Header, dtype, listed, place

ROLES: tuple[Role, ...] = get_args(Role)

MOST_EXTENTS = 32
"""Of a tensor: NumPy has arrays of that many dimensions, and no more is sensible."""


def version(cursor: Cursor) -> None:
    """Read `1` of `rdu 1`."""
    if cursor.token.text != str(VERSION):
        cursor.fail(f"version {VERSION}")
    cursor.take_natural("a version")
    cursor.take_end()


def machine(cursor: Cursor) -> tuple[str, str | None]:
    """Read `plasticine hash "sha256:..."`."""
    name = cursor.take_name("a machine name")
    while cursor.accept("-"):
        name += f"-{cursor.take_name('the rest of a machine name')}"
    digest = cursor.take_string("a quoted hash") if cursor.accept("hash") else None
    cursor.take_end()
    return name, digest


def tensor(cursor: Cursor) -> Tensor:
    """Read `x : f32[64, 784] input tier dram`."""
    name, element, shape = _typed(cursor, "a tensor name")
    role = cast(Role, cursor.take(*ROLES))
    cursor.take("tier")
    tier = cursor.take_name("a tier name")
    cursor.take_end()
    return Tensor(name, element, shape, role, tier, cursor.start)


def section(cursor: Cursor) -> Header:
    """Read `gemm(a : f32[4, 32], c : f32[4, 20])`."""
    name = cursor.take_name("a section name")
    cursor.take("(")
    formals = listed(cursor, ")", _formal)
    cursor.take_end()
    return Header(name, formals=formals)


def unit(cursor: Cursor) -> Header:
    """Read `dot at (2, 3)`."""
    name = cursor.take_name("a unit name")
    where = place(cursor) if cursor.accept("at") else None
    cursor.take_end()
    return Header(name, place=where)


def memory(cursor: Cursor) -> Memory:
    """Read `rows : f32 words 32 buffers 3 skew 16`."""
    name = cursor.take_name("a memory name")
    cursor.take(":")
    element = dtype(cursor)
    cursor.take("words")
    words = cursor.take_natural("a number of words")
    buffers = cursor.take_natural("a number of buffers") if cursor.accept("buffers") else 1
    skew = cursor.take_natural("a number of words") if cursor.accept("skew") else None
    cursor.take_end()
    return Memory(name, element, words, buffers, skew, cursor.start)


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

    listed(cursor, ")", bind)
    cursor.take_end()
    return Run(name, bindings, cursor.start)


def bare(cursor: Cursor) -> None:
    """Read a keyword that says all by itself."""
    cursor.take_end()


def _formal(cursor: Cursor) -> Formal:
    span = cursor.span
    return Formal(*_typed(cursor, "a formal name"), span)


def _extent(cursor: Cursor) -> int:
    return cursor.take_natural("an extent")


def _typed(cursor: Cursor, what: str) -> tuple[str, DType, tuple[int, ...]]:
    name = cursor.take_path(what)
    cursor.take(":")
    element = dtype(cursor)
    cursor.take("[")
    shape = listed(cursor, "]", _extent)
    if len(shape) > MOST_EXTENTS:
        cursor.fail(f"at most {MOST_EXTENTS} extents before")
    return name, element, shape
