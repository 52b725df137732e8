"""What an executable meaning sees while it runs.

A meaning is called as `meaning(op, frame, *operands)`, with the op as its class, the frame in which
it runs and one value for each operand. It returns the value of its result, a tuple of them unless
there is one, None if there is none; a terminator returns a tuple of its operands. What a value is
depends on its type alone: an array for a tensor, for a scalar its values over the frame's domain
(see `rdu.semantics.domain`), and whatever a dialect chooses for its own types.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from rdu.mlir_ext import ir
from rdu.mlir_ext.meaning import MEANINGS

Made = TypeVar("Made")


SCALARS = (ir.IntegerType, ir.FloatType, ir.IndexType)
"""Types whose values are arrays over the frame's domain."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """An op made ready to run."""

    op: Any
    meaning: Callable[..., Any]
    operands: tuple[ir.Value, ...]
    results: tuple[ir.Value, ...]


@dataclass(slots=True)
class Frame:
    """The values of SSA names in a region, and the points over which its scalars are evaluated.

    Attributes:
        tensors: the program's named tensors, bound by the caller or made by declarations.
        domain: the enclosing counters, outermost first; empty where nothing iterates.
        parent: the frame of the enclosing region.
        carried: what a controller keeps from one part of its domain to the next, by op.
        absorbing: whether zero times anything is zero, where IEEE says NaN.
    """

    tensors: dict[str, Any]
    domain: tuple[range, ...] = ()
    parent: Frame | None = None
    carried: dict[Any, Any] = field(default_factory=dict)
    _values: dict[ir.Value, Any] = field(default_factory=dict)
    _made: dict[Any, Any] = field(default_factory=dict)
    absorbing: bool = False

    def child(self, domain: tuple[range, ...], carried: dict[Any, Any] | None = None) -> Frame:
        """Return a frame for a region inside, over a longer or narrower domain."""
        carried = self.carried if carried is None else carried
        return Frame(self.tensors, domain, self, carried, {}, self._made, self.absorbing)

    def at(self, domain: tuple[range, ...]) -> Frame:
        """Return this frame as seen by an op that runs on a part of its domain only."""
        return replace(self, domain=domain)

    def once(self, key: Any, make: Callable[[], Made]) -> Made:
        """Return what `make` returned for this key the first time in this run.

        Memories live here, and whatever is worth computing once for an op rather than each time
        that it runs.
        """
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def __getitem__(self, value: ir.Value) -> Any:
        """Return what an SSA name stands for; KeyError if nothing has defined it."""
        frame = self
        while value not in frame._values:
            if frame.parent is None:
                raise KeyError(str(value))
            frame = frame.parent
        found = frame._values[value]
        added = len(self.domain) - len(frame.domain)
        if not added or not isinstance(value.type, SCALARS) or not found.ndim:
            return found
        return found.reshape(found.shape + (1,) * added)

    def __setitem__(self, value: ir.Value, found: Any) -> None:
        """Define an SSA name."""
        self._values[value] = found

    def instructions(self, block: ir.Block) -> list[Instruction]:
        """Return the ops of a block, made ready."""
        return self.once(block, lambda: [_prepare(op) for op in block.operations])

    def run(self, block: ir.Block, *arguments: Any) -> tuple[Any, ...]:
        """Run a block and return what its terminator returns."""
        for argument, value in zip(block.arguments, arguments, strict=True):
            self[argument] = value
        outcome: Any = ()
        for instruction in self.instructions(block):
            outcome = self.execute(
                instruction, *(self[operand] for operand in instruction.operands)
            )
        return outcome

    def execute(self, instruction: Instruction, *operands: Any) -> Any:
        """Run one op on given operands and define its results."""
        outcome = instruction.meaning(instruction.op, self, *operands)
        if instruction.results:
            values = outcome if isinstance(outcome, tuple) else (outcome,)
            for result, value in zip(instruction.results, values, strict=True):
                self[result] = value
        return outcome


def _prepare(op: Any) -> Instruction:
    operation = op.operation
    return Instruction(
        op, MEANINGS[operation.name], tuple(operation.operands), tuple(operation.results)
    )
