"""Damaged graphs are read or diagnosed, whatever the damage is."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sam_graphs import CASES

from rdu.frontends.sparse.graphs import read_dot, read_tortilla, write_dot, write_tortilla
from rdu.frontends.sparse.graphs.tortilla.schema import ENUMS, MESSAGES
from rdu.frontends.sparse.graphs.tortilla.wire import Message, decode, encode
from rdu.mlir_ext.context import verify
from rdu.support.diagnostics import Collector, RduError

SHAPES = {
    name: {t: (3,) * len(letters) for t, letters in CASES[name].shapes.items()} for name in CASES
}
MODULES = {name: read_dot(case.text, shapes=SHAPES[name]) for name, case in CASES.items()}
TEXTS = {name: write_dot(module) for name, module in MODULES.items()}
GRAPHS = {n: write_tortilla(MODULES[n]) for n in ("rows", "outer", "plus3", "inner", "residual")}
LINES = {name: text.splitlines(keepends=True) for name, text in TEXTS.items()}
PIECES = ["", "0", "1", "9", '"', "[", "]", "{", "}", "->", "=", " ", "\n", "#", "\\", "é", "\0"]
WORDS = ["crd", "ref", "val", "repsig", "B", "C", "i", "j", "reduce", "mul", "crddrop", "union"]
PLACES = st.integers(0, 2**16)
EDITS = st.lists(
    st.tuples(PLACES, st.integers(0, 4), st.sampled_from(PIECES + WORDS)), min_size=1, max_size=4
)


def survives(read, *arguments):
    """Read what may be damaged; what is made has to verify."""
    try:
        module = read(*arguments)
    except RduError as failure:
        found = failure.diagnostics
    else:
        verify(module)
        return
    assert found
    assert all(str(diagnostic.location).startswith("damaged") for diagnostic in found)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), EDITS)
def test_damaged_texts(name, edits):
    text = TEXTS[name]
    for place, length, piece in edits:
        place %= len(text) + 1
        text = text[:place] + piece + text[place + length :]
    survives(read_dot, text, "damaged")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.lists(st.tuples(PLACES, PLACES), min_size=1, max_size=4))
def test_lines_that_are_missing_or_elsewhere(name, moves):
    lines = list(LINES[name])
    for place, other in moves:
        line = lines.pop(place % len(lines))
        if other % 3:
            lines.insert(other % len(lines), line * (other % 3))
    survives(read_dot, "".join(lines), "damaged")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(TEXTS)),
    st.lists(st.tuples(PLACES, PLACES, PLACES), min_size=1, max_size=4),
)
def test_words_in_place_of_others(name, swaps):
    """Words of one place in another: well-formed files that make no sense."""
    parts = TEXTS[name].split('"')
    quoted = parts[1::2]
    for place, other, _ in swaps:
        parts[1 + 2 * (place % len(quoted))] = quoted[other % len(quoted)]
    survives(read_dot, '"'.join(parts), "damaged")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(GRAPHS)),
    st.lists(st.tuples(PLACES, st.integers(0, 2), st.binary(max_size=2)), min_size=1, max_size=4),
)
def test_damaged_messages(name, edits):
    data = GRAPHS[name]
    for place, length, piece in edits:
        place %= len(data) + 1
        data = data[:place] + piece + data[place + length :]
    survives(read_tortilla, data, "damaged")


def nested(message):
    """Return a message and all messages in it."""
    found = [message]
    for each in found:
        found += [v for values in each.fields.values() for v in values if isinstance(v, Message)]
    return found


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(GRAPHS)),
    st.lists(st.tuples(PLACES, PLACES, st.integers(0, 12)), min_size=1, max_size=4),
)
def test_operators_that_are_connected_otherwise(name, changes):
    """Well-formed messages that make no sense: other streams, words, numbers and operators."""
    graph = decode(GRAPHS[name], "ComalGraph", "damaged", Collector())
    for place, other, number in changes:
        messages = nested(graph)
        message = messages[place % len(messages)]
        fields = sorted(name for name, values in message.fields.items() if values)
        if not fields:
            continue
        field = fields[other % len(fields)]
        values = message.fields[field]
        if isinstance(values[-1], Message) and number % 2:
            values.pop(other % len(values))
        elif isinstance(values[-1], Message):
            same = [each for each in messages if each.type == values[-1].type]
            values[-1] = copy.deepcopy(same[other % len(same)])
        elif isinstance(values[-1], str):
            words = ENUMS.get(MESSAGES[message.type][field].type, ("", "B", "dense", "1", "X"))
            values[-1] = words[other % len(words)]
        else:
            values[-1] = number
    survives(read_tortilla, encode(graph), "damaged")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.binary(max_size=60))
def test_anything(text, data):
    survives(read_dot, text, "damaged")
    survives(read_dot, f"digraph {{{text}", "damaged")
    survives(read_tortilla, data, "damaged")


@pytest.mark.parametrize("name", GRAPHS)
def test_every_byte_cut_short(name):
    data = GRAPHS[name]
    for end in range(0, len(data), 7):
        survives(read_tortilla, data[:end], "damaged")
