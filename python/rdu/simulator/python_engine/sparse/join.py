"""Where coordinates of several streams meet."""

from __future__ import annotations

from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.tokens import EMPTY
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec


class Join(SparsePrimitive):
    """Compares the heads of all streams in every firing; each has coordinates and payloads."""

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.width = len(self.inputs) // 2
        self.sides = list(zip(self.inputs[: self.width], self.inputs[self.width :], strict=True))

    def step(self) -> Turn | None:
        """Return the next firing."""
        if not self.there(*self.inputs):
            return None
        for crd, payload in self.sides:
            self.expect(crd.code, [payload], self.inputs)
        if all(crd.stop is not None for crd, _ in self.sides):
            return self.pass_on(self.inputs)
        return self.meet()

    def meet(self) -> Turn:
        """Return the firing where not all streams are at a stop."""
        raise NotImplementedError

    def absent(self, side: int) -> bool:
        """Whether a side's head is `N`."""
        return self.sides[side][0].token == EMPTY

    def with_values(self) -> list[int]:
        """Return the sides that have a coordinate at their head."""
        return [
            n for n, (crd, _) in enumerate(self.sides) if crd.stop is None and not self.absent(n)
        ]

    def take(self, sides: list[int], gives: dict[int, object] | None = None) -> Turn:
        """Return the firing that pops some sides; it examines the others."""
        pops = [head for n in sides for head in self.sides[n]]
        examines = [head for head in self.inputs if head not in pops]
        return self.turn(pops, gives, examines)

    def give_absent(self, sides: list[int]) -> Turn:
        """Return the firing that pops the `N` of some sides and gives one everywhere."""
        return self.take(sides, dict.fromkeys(range(self.width + 1), EMPTY))


class Intersect(Join):
    """Keeps the coordinates that all streams share; passes the others over, one or more a firing.

    An absent fiber makes the result absent, once those beside it have been passed over.
    """

    def meet(self) -> Turn:
        """Send a shared coordinate, or pass over those that are not."""
        values = self.with_values()
        if len(values) < self.width:
            return self.take(values) if values else self.give_absent(self._absences())
        crds = [int(crd.token) for crd, _ in self.sides]
        behind = [n for n, crd in enumerate(crds) if crd < max(crds)]
        if behind:
            return self.take(behind)
        payloads = {n + 1: payload.token for n, (_, payload) in enumerate(self.sides)}
        return self.take(values, {0: crds[0], **payloads})

    def _absences(self) -> list[int]:
        return [n for n in range(self.width) if self.sides[n][0].stop is None]


class Union(Join):
    """Keeps the coordinates that any stream has, with `N` for the payloads of the others.

    An absent fiber adds nothing: its `N` goes with the first coordinate beside it.
    """

    def meet(self) -> Turn:
        """Send the least coordinate."""
        values = self.with_values()
        absences = [
            n for n in range(self.width) if self.sides[n][0].stop is None and n not in values
        ]
        if not values:
            if len(absences) == self.width:
                return self.give_absent(absences)
            return self.take(absences)
        least = min(int(self.sides[n][0].token) for n in values)
        have = [n for n in values if int(self.sides[n][0].token) == least]
        payloads = {
            n + 1: payload.token if n in have else EMPTY
            for n, (_, payload) in enumerate(self.sides)
        }
        return self.take(sorted([*have, *absences]), {0: least, **payloads})
