"""A firing that has started, and why firings wait."""

from __future__ import annotations

from dataclasses import dataclass

Cause = tuple[str, str]
"""What a firing waited for: `starved` or `backpressured` with a port, `memory`, or `busy`."""

BUSY: Cause = ("busy", "")
MEMORY: Cause = ("memory", "")


@dataclass(slots=True)
class Firing:
    """A firing in flight: it retires when its responses are there and its tokens have left.

    Attributes:
        start: when it started.
        ready: when its tokens are ready: its depth after the start, or its last response.
        free: when its bank cycles are over, or an array has drained.
        weight: what it takes of the limit.
        cause: what a wait for its readiness is booked on.
        cost: the cycles until the next firing may start.
        responses, pushes: how many are still to come.
        left, outbox: when the last token left, and the first outbox of those that left then.
        asker: the firing whose request has the last response, if that decides the readiness.
        note: what a recorder keeps with it.
    """

    start: int
    ready: int
    free: int
    weight: int
    cause: Cause = BUSY
    cost: int = 1
    responses: int = 0
    pushes: int = 0
    left: int = 0
    outbox: int = 0
    asker: Firing | None = None
    note: object = None

    def answered(self, response: int, asker: Firing) -> None:
        """Be ready no earlier than the response to a request, made in this firing or before."""
        if response > self.ready:
            self.ready, self.asker = response, asker
