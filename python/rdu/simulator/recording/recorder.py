"""What an engine tells of a run while it runs: the events of the execution model, with their terms.

An engine that has nothing to record asks for nothing here. Recorders keep only what the events to
come can depend on, so they need memory for live tokens and firings in flight, not for the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rdu.simulator.python_engine.firing import Cause, Firing


@dataclass(frozen=True, slots=True)
class Start:
    """A context fires.

    Attributes:
        context: which.
        firing: its start and cost, before anything else is known of it.
        cause: what it waited for last.
        waits: the channels of the tokens that it waited for, in port order.
        pops: those of them whose token it pops.
        freed: how many retirements it waited for, of those no firing has waited for yet.
    """

    context: int
    firing: Firing
    cause: Cause
    waits: Sequence[int]
    pops: Sequence[int]
    freed: int


class Recorder:
    """Is told events, those of one context in order, those of one channel in order; keeps none."""

    def fired(self, start: Start) -> None:
        """Record that a context fires."""

    def pushed(self, channel: int, firing: Firing, ready: int, time: int) -> None:
        """Record that a token of a firing, ready at one time, leaves its producer at another."""

    def arrived(self, channel: int, time: int) -> None:
        """Record that the dynamic network delivers a channel's next token."""

    def retired(self, context: int, firing: Firing, time: int) -> None:
        """Record that a context's oldest firing in flight retires."""
