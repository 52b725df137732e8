"""A firing before it starts: what it waits for, takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rdu.simulator.python_engine.channel import Channel
from rdu.simulator.python_engine.firing import Firing
from rdu.simulator.python_engine.tokens import Stop, Token, code

Stops = Mapping[int, Stop]
Asks = Callable[[int, Firing, int], None]
Heads = Sequence[Channel[Token]]
"""The channel of each input."""


@dataclass(slots=True)
class Turn:
    """The next firing of a context, as far as tokens decide it; ports by number.

    Attributes:
        pops: inputs whose head it pops.
        examines: inputs whose head it only waits for.
        gives: what outputs push besides the values of the context's action.
        later: stops that inputs pop in a second firing, since they pop a value in this one.
        acts: whether the context's action is done, whose values outputs push.
        drains: what outputs push besides, many tokens, which leave a cycle apart at least.
        weight: what the firing gives back when it retires, if not what it took.
        stays: whether the firing is in flight until it retires; one that gives nothing need not.
        asks: asks a memory tier for what the firing moves: for the context's number, the firing and
            its start.
    """

    pops: Sequence[int] = ()
    examines: Sequence[int] = ()
    gives: Mapping[int, Token] = field(default_factory=dict[int, Token])
    later: Stops = field(default_factory=dict[int, Stop])
    acts: bool = False
    drains: Mapping[int, Sequence[Token]] = field(default_factory=dict[int, Sequence[Token]])
    stays: bool = True
    weight: int | None = None
    asks: Asks | None = None

    @property
    def waits(self) -> list[int]:
        """The inputs whose head it waits for, in port order."""
        return sorted((*self.pops, *self.examines))


class FaultError(Exception):
    """What data forbids, in the words of `rdu.simulator.result.Fault`.

    `waits` are the inputs whose heads the firing would have waited for.
    """

    def __init__(
        self, kind: str, position: int, value: int, expected: int, waits: Sequence[int]
    ) -> None:
        super().__init__(kind, position, value, expected)
        self.kind = kind
        self.position = position
        self.value = value
        self.expected = expected
        self.waits = waits


class Schedule(Protocol):
    """Tells the firings of a context one after another."""

    missing: list[int]
    """After a `next` that returned None: empty inputs that the firing is sure to need."""

    @property
    def rests(self) -> bool:
        """Whether no firing need follow."""
        ...

    def next(self) -> Turn | None:
        """Return the next firing; None while a head that decides it is missing.

        Raises:
            FaultError: the tokens at the heads forbid it.
        """
        ...

    def fired(self, turn: Turn, late: Stops) -> None:
        """Go on; `late` are the stops of outputs that pushed a value in this firing."""
        ...


def disagreement(heads: Heads, expected: Mapping[int, int]) -> tuple[int, int, int] | None:
    """Return input, code and expected code of the first head that is not of its expected code."""
    for i, need in expected.items():
        if (have := code(heads[i].head)) != need:
            return i, have, need
    return None
