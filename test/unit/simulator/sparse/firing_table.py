"""What a primitive does, firing by firing, as a table; and the time at which its tokens leave.

A line of a table is a firing: `ab(c) -> x0 yS0` pops a token of the first two inputs, only waits
for the head of the third, and gives 0 and `S0` to the first two outputs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rdu.semantics.tokens import from_text

Times = Sequence[int]
Pushes = list[tuple[int, Any]]
INPUTS, OUTPUTS = "abcd", "xyz"

_LINE = re.compile(r"(?P<pops>[a-d]*)(?:\((?P<examines>[a-d]+)\))? ?->(?P<gives>.*)")


class Worked(NamedTuple):
    """An example: streams that go in with their depth, fields of the `SparseSpec`, firings.

    `values` are ports of f32; `arrays` the tensors of the storage; `sam` the cycles in which SAM's
    own simulator gives the first and the last token, with a token an input a cycle from cycle 0 on.
    With `lanes`, each number n of the first input stands for the vector of n, n + 1 and so on.
    """

    kind: str
    inputs: Sequence[tuple[str, int]]
    outputs: int
    table: str
    details: dict[str, Any] = {}  # noqa: RUF012
    arrays: Sequence[Sequence[int]] = ()
    values: str = ""
    sam: tuple[int, int] | None = None
    lanes: int = 1


ROOT_STREAM = ("root", 0)
"""What stands for the root itself, and is no port."""


@dataclass(frozen=True, slots=True)
class Firing:
    """What one firing moves, by the numbers of inputs and outputs."""

    pops: list[int]
    examines: list[int]
    gives: list[tuple[int, Any]]


def read(table: str) -> list[Firing]:
    """Read a table."""
    firings: list[Firing] = []
    for line in filter(None, map(str.strip, table.splitlines())):
        found = _LINE.fullmatch(line)
        assert found is not None, line
        pops, examines = ([INPUTS.index(x) for x in found[k] or ""] for k in ("pops", "examines"))
        words = found["gives"].split()
        gives = [(OUTPUTS.index(word[0]), from_text(word[1:])[0]) for word in words]
        firings.append(Firing(pops, examines, gives))
    return firings


def pushes_of(
    firings: Sequence[Firing], arrivals: Sequence[Times], depth: int, limit: int | None
) -> list[Pushes]:
    """Return when each token leaves each output, by the rules of time, on channels without end.

    Args:
        firings: the table.
        arrivals: when each token of each input arrives.
        depth: cycles from the start of a firing to its tokens.
        limit: how many firings may be in flight; None is any number.
    """
    popped = [0] * len(arrivals)
    outputs: list[Pushes] = [[] for _ in OUTPUTS]
    retired: list[int] = []
    start = -1
    for number, firing in enumerate(firings):
        heads = [arrivals[i][popped[i]] for i in (*firing.pops, *firing.examines)]
        before = [retired[number - limit]] if limit is not None and number >= limit else []
        start = max([start + 1, *heads, *before])
        for i in firing.pops:
            popped[i] += 1
        ends = [start + depth, *retired[-1:]]
        for output, token in firing.gives:
            left = max([start + depth, *(time + 1 for time, _ in outputs[output][-1:])])
            outputs[output].append((left, token))
            ends.append(left)
        retired.append(max(ends))
    assert popped == [len(times) for times in arrivals], "the table pops everything"
    return outputs
