"""Rates are compared where the text alone says them."""

import pytest
from broken_programs import SOUND, machine_of

from rdu.configuration import parse, verify


def rates(base: str, *edits: tuple[str, str]) -> list[str]:
    """What is said of rates in a sound program after replacements."""
    text = SOUND[base].read_text()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    messages = [finding.message for finding in verify(parse(text), machine_of(base))]
    return [message for message in messages if message.startswith("rates")]


PRODUCER = "      count i 0..16 par 16\n      out data"


@pytest.mark.parametrize(
    ("trips", "sink", "sound"),
    [
        (1, "", True),
        (2, "", False),
        (2, " discard", True),
        (1, " discard", True),
    ],
)
def test_what_is_left_must_be_discarded(trips: int, sink: str, sound: bool) -> None:
    edits = [
        (PRODUCER, f"      repeat {trips}\n{PRODUCER}"),
        ("work.main.x capacity 16", f"work.main.x capacity 16{sink}"),
        ("work.main.go capacity 1", "work.main.go capacity 1 discard"),
    ]
    assert (rates("stages", *edits) == []) is sound


def test_a_loop_whose_trips_data_decide_does_not_hide_the_one_around_it() -> None:
    keys = "    context keys {\n      count i 0..4"
    (said,) = rates("ragged", (keys, keys.replace("4", "3")))
    assert "to 'rows.keys.n' can never match: expected 3 tokens" in said


def test_a_port_with_a_condition_has_no_rate() -> None:
    assert not rates("stages", ("out data : vector f32 @i", "out data : vector f32 @i when last i"))


def test_a_tile_is_as_many_tokens_as_it_drains_to() -> None:
    assert not rates("array")
    (said,) = rates("array", ("count n 0..192", "count n 0..176"))
    assert said.endswith("got 24, as 'array.main.c' pushes @m")
