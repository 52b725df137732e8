"""Lines of a context before its action: passes, counters, ports and the conditions of ports."""

from __future__ import annotations

from typing import Literal, NamedTuple, cast, get_args

from rdu.configuration.cursor import Cursor
from rdu.configuration.model import (
    Bound,
    Comparison,
    Condition,
    Counter,
    Edge,
    Holds,
    Port,
    Relation,
)
from rdu.configuration.statements.parts import affine, constant, dtype, token_kind
from rdu.support.diagnostics import suggest

RELATIONS: tuple[Relation, ...] = get_args(Relation)
_EDGES = ("first", "last")


class Passes(NamedTuple):
    """How often a context goes through its chain; None is without end."""

    times: int | None


def repeat(cursor: Cursor) -> Passes:
    """Read `3` or `forever`."""
    times = None
    if not cursor.accept("forever"):
        times = cursor.take_natural("a number of passes or 'forever'")
    cursor.take_end()
    return Passes(times)


def counter(cursor: Cursor) -> Counter:
    """Read `k 0..32 step 2 par 16`, `k first..size` or `i until a`."""
    name = cursor.take_name("a counter name")
    # A port that is called `until` can still be the lower bound.
    if cursor.at("until") and cursor.following.text != "..":
        cursor.take("until")
        stream = cursor.take_name("a stream input")
        cursor.take_end()
        return Counter(name, 0, 0, until=stream, span=cursor.start)
    start = _bound(cursor, "the first value")
    cursor.take("..")
    stop = _bound(cursor, "the value behind the last")
    step = cursor.take_integer("a step") if cursor.accept("step") else 1
    par = cursor.take_natural("a number of lanes") if cursor.accept("par") else 1
    cursor.take_end()
    return Counter(name, start, stop, step, par, span=cursor.start)


def _bound(cursor: Cursor, what: str) -> Bound:
    return cursor.take_name(what) if cursor.token.kind == "word" else cursor.take_integer(what)


def input_port(cursor: Cursor) -> Port:
    """Read `data : vector f32 @k when first n else 0.0`."""
    return _port(cursor, is_input=True)


def output_port(cursor: Cursor) -> Port:
    """Read `free : control @pass when last n`."""
    return _port(cursor, is_input=False)


def _port(cursor: Cursor, *, is_input: bool) -> Port:
    name = cursor.take_name("a port name")
    cursor.take(":")
    stream = cursor.accept("stream")
    if stream and cursor.at("control"):
        cursor.fail("'vector' or 'scalar'")
    kind = token_kind(cursor)
    element = None if kind == "control" else dtype(cursor)
    cursor.take("@")
    level = cursor.take_level("a level")
    when = default = None
    if cursor.accept("when"):
        when = _condition(cursor)
        default = constant(cursor) if is_input and cursor.accept("else") else None
    cursor.take_end()
    return Port(name, kind, element, level, stream, when, default, cursor.start)


def _condition(cursor: Cursor) -> Condition:
    """Read `first k`, `last k`, `p`, `not p` or `k + 1 < n`.

    `first`, `last` and `not` are names unless another name follows them.
    """
    token = cursor.token
    if token.kind == "word":
        following = cursor.following
        if following.kind == "word" and following.text != "else":
            return _of_name(cursor)
        if following.kind in ("word", "end"):
            return Holds(cursor.take_name("a value"))
    elif token.kind != "int" and not cursor.at("-"):
        cursor.fail("a condition")
    left = affine(cursor)
    # `k <-1` compares with -1.
    cursor.split("<-")
    relation = cast(Relation, cursor.take(*RELATIONS))
    return Comparison(left, relation, affine(cursor))


def _of_name(cursor: Cursor) -> Condition:
    if cursor.accept("not"):
        return Holds(cursor.take_name("a value"), negated=True)
    word = cursor.token.text
    if word not in _EDGES and suggest(word, (*_EDGES, "not")) is None:
        return Holds(cursor.take_name("a value"))
    which = cast(Literal["first", "last"], cursor.take(*_EDGES))
    return Edge(which, cursor.take_name("a counter"))
