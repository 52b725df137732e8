"""Lines of nets: the output port and the channels to its consumers."""

from __future__ import annotations

from rdu.configuration.cursor import Cursor
from rdu.configuration.model import Place, Sink
from rdu.configuration.statements.parts import Header, endpoint, place, token_kind


def net(cursor: Cursor) -> Header:
    """Read `c_out vector dot.main.c`."""
    name = cursor.take_name("a net name")
    kind = token_kind(cursor)
    output = endpoint(cursor)
    cursor.take_end()
    return Header(name, kind=kind, output=output)


def sink(cursor: Cursor) -> Sink:
    """Read `store_c.main.data capacity 16 init 3 discard via (2, 3) (2, 4)`."""
    to = endpoint(cursor)
    cursor.take("capacity")
    capacity = None if cursor.accept("inf") else cursor.take_natural("a capacity or 'inf'")
    init = cursor.take_natural("a number of tokens") if cursor.accept("init") else 0
    discard = cursor.accept("discard")
    route: list[Place] = []
    channel = None
    if cursor.accept("via"):
        route.append(place(cursor))
        while cursor.at("("):
            route.append(place(cursor))
    elif cursor.accept("dynamic"):
        channel = cursor.take_natural("a virtual channel") if cursor.accept("vc") else 0
    cursor.take_end()
    return Sink(to, capacity, init, tuple(route), discard, channel, cursor.start)
