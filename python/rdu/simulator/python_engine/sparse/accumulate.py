"""Fibers merged by their coordinates: a reduction over a level that is not the innermost."""

from __future__ import annotations

from typing import Any

import numpy as np

from rdu.semantics import tokens
from rdu.semantics.reduction import identity
from rdu.semantics.scalar import OPS
from rdu.semantics.sparse.accumulate import by_level
from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.primitive import Head, SparsePrimitive
from rdu.simulator.python_engine.sparse.repeat import NOTHING
from rdu.simulator.python_engine.tokens import DONE, EMPTY, VALUE_CODE, Stop
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec

NO_LIMIT = 1 << 62

Tree = dict[int, Any]
"""By coordinate: the tree of the next level, or the total."""


class Accumulate(SparsePrimitive):
    """Adds values up in a tree of coordinates, which leaves in order when the level ends.

    What leaves does not hold up what comes: results of several fibers may wait one behind the
    other, but for the buffers of its memory, if it has one: the first firing of a tree waits until
    so many trees before it have left. A memory without room for a coordinate is a fault. Levels are
    numbered from 0, the one that is reduced; of each but the innermost, a token is held for its
    fiber, taken with the first token below it. It has to follow where the fiber before ended alone.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        *self.levels, self.values = self.inputs
        self.order = len(self.levels) - 1
        self.identity = self.spread(identity(self.spec.function, self.spec.dtype)[()])
        self.held = [NOTHING] * self.order
        self.after = list(self.held)
        self.due: frozenset[int] = frozenset()  # levels whose token has to follow
        self.due_after = self.due
        self.tree: Tree = {}
        self.adds: list[tuple[list[Any], Any]] = []
        self.drained = False
        self.is_fresh = True
        memory = fabric.memories[self.spec.tensors[0]] if self.spec.in_memory else None
        self.trees, self.room = memory.shape if memory is not None else (NO_LIMIT, NO_LIMIT)
        self.size = 0

    @property
    def limit(self) -> int:
        """How many trees may be there, of which one is added to."""
        return self.trees

    @property
    def weight(self) -> int:
        """Whether the next firing begins a tree."""
        return int(self.is_fresh and not self.rests)

    def step(self) -> Turn | None:
        """Add a value; at stops let go of what is held, and at last of the tree."""
        innermost = self.levels[-1]
        self.after, self.due_after = list(self.held), self.due
        self.adds, self.drained = [], False
        if not self.there(innermost, self.values):
            return None
        stop = innermost.stop
        self.agree([innermost, self.values])
        if stop == DONE:
            return self.pass_on(self.inputs) if self.there(*self.levels) else None
        if stop is None:
            taken = self._take_above(self.order)
            if taken is None:
                return None
            taken += [innermost, self.values]
            self._plan([*self.after[1:], innermost.token], self.value(self.values), taken)
            return self.turn(taken, stays=False)
        return self._close(stop)

    def go_on(self, turn: Turn) -> None:
        """Change what is held, and the tree."""
        self.held, self.due = self.after, self.due_after
        self.is_fresh = self.drained
        if self.drained:
            self.tree, self.size = {}, 0
        for path, value in self.adds:
            self._add(path, value)

    # -- stops ------------------------------------------------------------------------------------

    def _close(self, stop: Stop) -> Turn | None:
        """Return the firing that a stop of the innermost level leads to."""
        taken = [self.levels[-1], self.values]
        for level in reversed(range(self.order)):
            head, ends = self.levels[level], self.order - level
            last = stop.level < ends
            if self.held[level] is NOTHING:
                if not self.there(head):
                    return None
                if head.stop is None:
                    above = self._take_above(level + 1)
                    if above is None:
                        return None
                    waits = [*taken, *above] if last else above
                    self._plan(self.after[1 : level + 1], NOTHING, waits)
                    if not last:
                        return self.turn(above, examines=taken, stays=False)
                    taken = waits
                elif last or level in self.due:
                    self.expect(VALUE_CODE, [head], [head])
            self.after[level] = NOTHING
            if last:
                self.due_after |= {level}
                return self.turn(taken, stays=False)
            if not self.there(head):
                return None
            self.expect(stop.level - ends, [head], [head])
            taken.append(head)
        return self._drain(taken, Stop(stop.level - self.order))

    def _take_above(self, level: int) -> list[Head] | None:
        """Return the levels outside of one whose token is taken now; None if one is missing."""
        taken: list[Head] = []
        for number in reversed(range(level)):
            if self.after[number] is not NOTHING:
                break
            head = self.levels[number]
            if not self.there(head):
                return None
            self.expect(VALUE_CODE, [head], [head])
            self.after[number] = head.token
            self.due_after -= {number}
            taken.append(head)
        return taken[::-1]

    # -- the tree ---------------------------------------------------------------------------------

    def _plan(self, path: list[Any], value: Any, taken: list[Head]) -> None:
        """Let the firing that takes some heads add a value, or a coordinate with nothing under it.

        Raises:
            FaultError: the memory has no room for the coordinates that are new.
        """
        if EMPTY in path:
            path, value = path[: path.index(EMPTY)], NOTHING
        if not path or self.after[0] == EMPTY:
            return
        tree, size = self.tree, self.size
        *outer, last = map(int, path)
        for crd in outer:
            size += crd not in tree
            tree = tree.get(crd, {})
        size += self._words(path) * (last not in tree)
        self.inside(0, size - 1, self.room, taken)
        self.adds.append((path, value))

    def _add(self, path: list[Any], value: Any) -> None:
        tree = self.tree
        *outer, last = map(int, path)
        for crd in outer:
            self.size += crd not in tree
            tree = tree.setdefault(crd, {})
        self.size += self._words(path) * (last not in tree)
        if value is NOTHING:
            tree.setdefault(last, {})
            return
        total = np.asarray(tree.get(last, self.identity))
        tree[last] = OPS[self.spec.function].evaluate(total, value)[()]

    def _words(self, path: list[Any]) -> int:
        """Return the words of a new coordinate: one, or at the last level one a lane."""
        return self.width if len(path) == self.order else 1

    def _drain(self, taken: list[Head], stop: Stop) -> Turn:
        """Return the firing that sends the tree, level by level."""
        self.drained = True
        ends = tokens.Stop(stop.level), tokens.DONE
        crds, values = by_level([*_pairs(self.tree, self.order), *ends], self.order)
        streams = [[_token(token) for token in stream[:-1]] for stream in (*crds, values)]
        return self.turn(taken, drains=dict(enumerate(streams)), weight=1)


def _pairs(tree: Tree, order: int) -> list[Any]:
    """Return a tree as nested pairs of coordinate and subtree, or total, in order."""
    return [(crd, _pairs(tree[crd], order - 1) if order > 1 else tree[crd]) for crd in sorted(tree)]


def _token(token: Any) -> Any:
    return Stop(token.level) if isinstance(token, tokens.Stop) else token
