"""One stream shared out over several branches, and branches brought together again."""

from __future__ import annotations

from typing import NamedTuple

from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.primitive import Head, SparsePrimitive
from rdu.simulator.python_engine.tokens import DONE, VALUE_CODE, Stop
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec


class Fork(SparsePrimitive):
    """Sends so many tokens to a branch in turn, and stops to all: a firing a token."""

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        (self.chunk,) = self.spec.settings
        self.sent = 0
        self.sends = False

    def step(self) -> Turn | None:
        """Send a token to the branch whose turn it is, or a stop to all."""
        (stream,) = self.inputs
        if not self.there(stream):
            return None
        self.sends = stream.stop is None
        if not self.sends:
            return self.pass_on([stream])
        branch = self.sent // self.chunk % len(self.spec.outputs)
        return self.turn([stream], {branch: stream.token})

    def go_on(self, turn: Turn) -> None:
        """Count."""
        self.sent += self.sends


class Turns(NamedTuple):
    """Whose turn it is.

    Attributes:
        taken: how many tokens of the stream that was forked have been taken.
        is_open: whether the row of the last one has not ended.
        over: branches whose last row in this fiber has ended.
        due: branches of which another row has to follow.
    """

    taken: int = 0
    is_open: bool = False
    over: frozenset[int] = frozenset()
    due: frozenset[int] = frozenset()


class Join(SparsePrimitive):
    """Sends the rows of branches in the order of `like`, the stream that was forked.

    A firing for each token of a row, with the first of which that of `like` is taken. Where a
    branch stands at a stop that ends its fiber, its row has ended: if it had no tokens, that of
    `like` takes a firing; if `like` goes on, the stop in front of the next row takes one that pops
    nothing. Stops of `like` wait until all branches have theirs.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.like, *self.branches = self.inputs
        self.chunk, self.gap = self.spec.settings
        self.state = self.after = Turns()

    def step(self) -> Turn | None:
        """Send a token of a row, the stop between two rows, or one of all."""
        state = self.state
        number = state.taken - state.is_open
        branch = number // self.chunk % len(self.branches)
        if state.is_open:
            if not self.there(self.branches[branch]):
                return None
            if self._is_of_row(branch):
                return self._send(branch)
        if not self.there(self.like):
            return None
        if self.like.stop is not None:
            return self._close(self.like.stop)
        return self._between(branch) if state.is_open else self._take(branch)

    def go_on(self, turn: Turn) -> None:
        """Take the turn behind the firing."""
        self.state = self.after

    def _is_of_row(self, branch: int) -> bool:
        """Whether a branch has a token of a row, or its end: no stop of more levels."""
        stop = self.branches[branch].stop
        return stop is None or (stop != DONE and stop.level < self.gap)

    def _send(self, branch: int, *taken: Head) -> Turn:
        """Return the firing that sends a token of a row, or its end."""
        head = self.branches[branch]
        ends = self.gap == 0 or head.stop == Stop(self.gap - 1)
        due = self.state.due
        due = due | {branch} if ends and self.gap else due - {branch}
        self.after = Turns(self.state.taken + len(taken), not ends, self.state.over, due)
        return self.turn([head, *taken], {0: head.stop or head.token})

    def _take(self, branch: int) -> Turn | None:
        """Return the firing that takes a token of `like`, with the first of its row."""
        head, state = self.branches[branch], self.state
        both = [head, self.like]
        if not self.there(head):
            return None
        if self._is_of_row(branch):
            return self._send(branch, self.like)
        stop = head.stop
        if self.gap == 0 or stop is None or stop == DONE:
            self.expect(VALUE_CODE, [head], both)
        elif branch in state.over:
            self.expect(stop.level - self.gap, [self.like], both)
        over, due = state.over | {branch}, state.due - {branch}
        self.after = Turns(state.taken + 1, is_open=True, over=over, due=due)
        return self.turn([self.like], examines=[head])

    def _between(self, branch: int) -> Turn:
        """Return the firing that sends the stop between two rows, which the branch has not."""
        head, state = self.branches[branch], self.state
        both = [head, self.like]
        if head.stop == DONE:
            self.expect(self.gap - 1, [head], both)
        over = state.over | {branch}
        self.after = Turns(state.taken, is_open=False, over=over, due=state.due)
        return self.turn(gives={0: Stop(self.gap - 1)}, examines=both)

    def _close(self, stop: Stop) -> Turn | None:
        """Return the firing of a stop of `like`, or of its end."""
        if not self.there(*self.branches):
            return None
        if stop == DONE:
            return self.pass_on(self.inputs)
        level = stop.level + self.gap
        for number, branch in enumerate(self.branches):
            lacks = number in self.state.due and branch.stop is not None
            self.expect(VALUE_CODE if lacks else level, [branch], self.inputs)
        self.after = Turns(self.state.taken)
        return self.turn(self.inputs, {0: Stop(level)})
