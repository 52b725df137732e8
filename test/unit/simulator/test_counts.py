"""What a section's contexts pop and push, and the parts of it that can stand still."""

from __future__ import annotations

from dataclasses import replace

from token_sections import channel, context, fork_and_join, pop, push, section

from rdu.simulator.deadlock.counts import counts_are_static, firings, parts
from rdu.simulator.specification import Level, When


def test_a_tree_has_no_parts() -> None:
    spec = section(
        (
            context("a", (5,), (), (push(0), push(1))),
            context("b", (5,), (pop(0),), ()),
            context("c", (5,), (pop(1),), ()),
        ),
        (channel(0, 1, 1), channel(0, 2, 1)),
    )
    assert parts(spec) == ()


def test_circles_that_share_no_channel_are_parts_of_their_own() -> None:
    contexts = (
        context("a", (5,), (pop(1),), (push(0), push(2))),
        context("b", (5,), (pop(0),), (push(1),)),
        context("c", (5,), (pop(2), pop(4)), (push(3),)),
        context("d", (5,), (pop(3),), (push(4),)),
    )
    channels = (
        channel(0, 1, 2),
        channel(1, 0, 2, init=1),
        channel(0, 2, 2),
        channel(2, 3, 2),
        channel(3, 2, 2, init=1),
    )
    found = parts(section(contexts, channels))
    assert [[link.channel for link in part.links] for part in found] == [[0, 1], [3, 4]]


def test_what_data_decides_is_left_out() -> None:
    """Channels at contexts without static counts count as if they always had tokens and room."""
    spec = fork_and_join(40, 1, level=0)
    middle = spec.contexts[1]
    unknown = (
        replace(middle, kind="filter"),
        replace(middle, repeat=-1),
        replace(middle, levels=(Level(0, 0, 1, 1, -1),)),
        replace(middle, inputs=(replace(middle.inputs[0], stream=True),)),
        replace(middle, outputs=(replace(middle.outputs[0], when=When("first", 1)),)),
    )
    assert len(parts(spec)) == 1
    for context_ in unknown:
        assert not counts_are_static(context_)
        assert firings(context_) == 0
        contexts = (spec.contexts[0], context_, spec.contexts[2])
        assert parts(replace(spec, contexts=contexts)) == ()
