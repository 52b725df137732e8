"""What sparse primitives share: heads of streams, and the firings they make."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np

from rdu.semantics.dtypes import NUMPY
from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.tokens import (
    DONE,
    EMPTY,
    VALUE_CODE,
    Array,
    Stop,
    Token,
    code,
    first_live,
    spread,
)
from rdu.simulator.python_engine.turn import FaultError, Heads, Stops, Turn
from rdu.simulator.specification import CONSTANT_INPUT, ContextSpec

MOST = 2**31 - 1
"""Of coordinates and references, which are i32."""


class Head:
    """The head of an input: a stop, `DONE`, `EMPTY`, or a payload.

    That is a NumPy scalar, or a vector's lanes and mask.
    """

    def __init__(self, port: int, heads: Heads, *, is_wide: bool = False) -> None:
        self.port = port
        self.channel = heads[port]
        self.is_wide = is_wide

    @property
    def there(self) -> bool:
        """Whether a token is there."""
        return bool(self.channel.tokens)

    @property
    def token(self) -> Any:
        """The token."""
        token = self.channel.head
        assert token is not None
        return token if isinstance(token, Stop) or self.is_wide else first_live(token)

    @property
    def stop(self) -> Stop | None:
        """The stop, or `DONE`, that is there; None for a payload or `EMPTY`."""
        token = self.channel.head
        return token if isinstance(token, Stop) and token != EMPTY else None

    @property
    def code(self) -> int:
        """The token as a number, as faults give it."""
        return code(self.channel.head)


class Root(Head):
    """The stream `0 D`, there from the start, which is no port."""

    def __init__(self) -> None:
        self.port = -1
        self.is_wide = False
        self.left: list[Any] = [np.int32(0), DONE]

    @property
    def there(self) -> bool:
        """Whether a token is there."""
        return bool(self.left)

    @property
    def token(self) -> Any:
        """The token."""
        return self.left[0]

    @property
    def stop(self) -> Stop | None:
        """`DONE`, if that is there."""
        return self.left[0] if isinstance(self.left[0], Stop) else None

    @property
    def code(self) -> int:
        """The token as a number."""
        return DONE.level if self.stop else VALUE_CODE


class SparsePrimitive:
    """A primitive between two firings: a `Schedule`.

    A subclass says in `step` what the heads of its streams lead to. Inputs and outputs are numbered
    by their roles in `rdu.configuration.sparse`.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        assert spec.sparse is not None
        self.context = spec
        self.fabric = fabric
        self.spec = spec.sparse
        self.inputs = [
            Head(port, heads, is_wide=spec.inputs[port].kind == "vector") if port >= 0 else Root()
            for port in self.spec.inputs
            if port != CONSTANT_INPUT
        ]
        self.tensors: list[Array] = [
            fabric.memories[number][0] if self.spec.in_memory else fabric.tensors[number]
            for number in self.spec.tensors
        ]
        # Control ports act once: inputs with the first firing, outputs with done.
        self.starts = [Head(i, heads) for i, port in enumerate(spec.inputs) if port.dtype is None]
        self.ends = [o for o, port in enumerate(spec.outputs) if port.dtype is None]
        self.lanes = fabric.spec.lanes
        self.width = self.spec.lanes
        self.zero = self.spread(NUMPY[self.spec.dtype].type(0))
        self.missing: list[int] = []
        self.rests = False
        self.popped: list[Root] = []

    @property
    def limit(self) -> int:
        """How many firings may be in flight: as many as it is deep; or how many bursts."""
        return self.fabric.spec.outstanding if self.spec.requests else self.context.depth

    @property
    def places(self) -> float:
        """How many firings may be in flight besides: as many as these bursts have values."""
        if not self.spec.requests:
            return math.inf
        tensor = self.fabric.spec.tensors[self.spec.tensors[0]]
        size = tensor.element_bytes * self.width
        return self.limit * max(1, self.fabric.tiers[tensor.tier].spec.burst_bytes // size)

    @property
    def weight(self) -> int:
        """What the next firing takes of the limit."""
        return 1

    def next(self) -> Turn | None:
        """Return the next firing: see `Schedule`."""
        self.missing, self.popped = [], []
        return None if self.rests or not self.there(*self.starts) else self.step()

    def fired(self, turn: Turn, late: Stops) -> None:
        """Go on: pop what is no port, then change what `step` must not."""
        self.starts = []
        for root in self.popped:
            del root.left[0]
        self.go_on(turn)

    def step(self) -> Turn | None:
        """Return the next firing without changing anything; None while a head is missing."""
        raise NotImplementedError

    def go_on(self, turn: Turn) -> None:
        """Take the state behind a firing."""

    # -- values ---------------------------------------------------------------------------------

    def spread(self, value: Any) -> Any:
        """Return a value as the primitive's values are: alone, or on each lane of a vector."""
        return value if self.width == 1 else np.full(self.width, value)

    def value(self, head: Head) -> Any:
        """Return the value at a head: a scalar, or lanes; what is absent or masked is a zero."""
        if head.token == EMPTY:
            return self.zero
        if not head.is_wide:
            return head.token
        values, mask = head.token
        return cast("Array", np.where(mask, values, values.dtype.type(0)))[: self.width]

    # -- what steps are made of -----------------------------------------------------------------

    def there(self, *heads: Head) -> bool:
        """Whether inputs have a token at their heads."""
        self.missing += sorted(head.port for head in heads if not head.there)
        return not self.missing

    def turn(
        self,
        pops: Iterable[Head] = (),
        gives: Mapping[int, Any] | None = None,
        examines: Iterable[Head] = (),
        drains: Mapping[int, Sequence[Any]] | None = None,
        *,
        stays: bool = True,
        weight: int | None = None,
    ) -> Turn:
        """Return a firing; payloads it gives, by role, are scalars, lanes, or lanes and mask."""
        taken = list(pops)
        self.popped = [head for head in taken if isinstance(head, Root)]
        return Turn(
            pops=[head.port for head in (*self.starts, *taken) if head.port >= 0],
            examines=[head.port for head in examines if head.port >= 0],
            gives={
                self.spec.outputs[role]: self._token(role, token)
                for role, token in (gives or {}).items()
                if role < len(self.spec.outputs) and self.spec.outputs[role] >= 0
            },
            drains={
                self.spec.outputs[role]: [self._token(role, token) for token in tokens]
                for role, tokens in (drains or {}).items()
                if self.spec.outputs[role] >= 0
            },
            stays=stays,
            weight=weight,
        )

    def pass_on(self, heads: Sequence[Head]) -> Turn:
        """Return the firing that pops one stop, or done, of all heads and gives it everywhere."""
        self.agree(heads)
        stop = heads[0].stop
        self.rests = stop == DONE
        turn = self.turn(heads, dict.fromkeys(range(len(self.spec.outputs)), stop))
        if self.rests:
            turn.gives = {**turn.gives, **dict.fromkeys(self.ends)}
        return turn

    def agree(self, heads: Sequence[Head]) -> None:
        """Ask that all heads are as the first: see `expect`."""
        self.expect(heads[0].code, heads[1:], heads)

    def expect(self, need: int, heads: Sequence[Head], waits: Sequence[Head]) -> None:
        """Ask that heads are of a code; payloads and `EMPTY` are alike.

        Raises:
            FaultError: one is not.
        """
        for head in heads:
            if head.code != need and not (_is_payload(need) and _is_payload(head.code)):
                ports = [waiting.port for waiting in waits if waiting.port >= 0]
                expected = VALUE_CODE if _is_payload(need) else need
                raise FaultError("stream", head.port, head.code, expected, ports)

    def inside(self, part: int, value: int, extent: int, waits: Sequence[Head]) -> None:
        """Ask that a position lies in a part of the storage.

        Raises:
            FaultError: it does not.
        """
        if not 0 <= value < extent:
            ports = [head.port for head in waits if head.port >= 0]
            raise FaultError("index", part, int(value), extent, ports)

    def coordinate(self, value: int, head: Head, waits: Sequence[Head]) -> int:
        """Ask that what becomes of the coordinate at a head is one; return it.

        Raises:
            FaultError: it is negative, or beyond i32.
        """
        self.within(value, MOST + 1, head, waits)
        return value

    def within(self, value: int, extent: int, head: Head, waits: Sequence[Head]) -> None:
        """Ask that a number that comes of a head lies within an extent.

        Raises:
            FaultError: it does not.
        """
        if not 0 <= value < extent:
            ports = [waiting.port for waiting in waits if waiting.port >= 0]
            raise FaultError("value", head.port, value, extent, ports)

    def _token(self, role: int, token: Any) -> Token:
        port = self.context.outputs[self.spec.outputs[role]]
        assert port.dtype is not None
        if isinstance(token, Stop | tuple):
            return cast("Token", token)
        if port.kind != "vector":
            return spread(token, port.dtype, self.lanes)
        padding = self.lanes - len(token)
        return np.pad(token, (0, padding)), np.arange(self.lanes) < len(token)


def _is_payload(code: int) -> bool:
    return code in (VALUE_CODE, EMPTY.level)
