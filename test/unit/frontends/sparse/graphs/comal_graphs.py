"""Writes messages of `tortilla` by hand, operator by operator, as other programs do."""

from rdu.frontends.sparse.graphs.tortilla.schema import MESSAGES, OPERATORS, STREAM_KINDS
from rdu.frontends.sparse.graphs.tortilla.wire import Message, encode


def message(type, fields):
    """Return a message of nested dictionaries; a stream is its id, several values are a list."""
    made = Message(type)
    for name, given in fields.items():
        kind = MESSAGES[type][name].type
        values = given if isinstance(given, list) else [given]
        made.set(name, *(_value(kind, value) for value in values))
    return made


def _value(kind, value):
    if kind in STREAM_KINDS:
        return message(kind, {"id": {"id": value}})
    return message(kind, value) if isinstance(value, dict) else value


def comal(*operators, formats="", name="comal graph"):
    """Return the bytes of a graph of operators, each a pair of its kind and its fields."""
    operations = [
        {"name": kind, "id": number, kind: fields}
        for number, (kind, fields) in enumerate(operators, 1)
    ]
    graph = {"name": formats, "operators": operations}
    return encode(message("ComalGraph", {"name": name, "channel_size": 1024, "graph": graph}))


def kinds():
    """Return every kind of operator."""
    return list(OPERATORS)
