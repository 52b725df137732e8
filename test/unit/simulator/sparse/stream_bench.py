"""A bench for sparse primitives: any streams go in, and what comes out is checked on the fabric.

There is no primitive that sends a given stream, so each is walked out of a tree in tensors: its
stops by lookups, values by an array, `N` by a location that finds nothing or a union. What is
expected of an output is sent the same way to a writer that takes both, so a stop that disagrees is
a fault in either engine, and payloads end in tensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from traced_engines import Run, run_engines

from rdu.configuration.constants import constant_type
from rdu.semantics.dtypes import NUMPY, DType
from rdu.semantics.tokens import DONE, EMPTY, Stop, from_text, is_payload, nest
from rdu.simulator.result import Deadlock
from rdu.simulator.specification import (
    CONSTANT_INPUT,
    ROOT_INPUT,
    ChannelSpec,
    ContextSpec,
    ElaboratedSection,
    Input,
    Output,
    SparseSpec,
    TensorSpec,
    TierSpec,
)

LANES = 8
"""Of the machine."""

Tokens = list[Any]
Arrays = list[NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Wire:
    """An output of a context, and what it carries: vectors of so many lanes, if more than 1."""

    context: int
    port: int
    dtype: DType
    lanes: int = 1

    @property
    def kind(self) -> str:
        """The kind of its tokens."""
        return "scalar" if self.lanes == 1 else "vector"


ROOT = Wire(-1, -1, "i32")
"""The stream `0 D`."""


MEMORY = TierSpec("memory", 1, 64, 1, 1, 1)
"""A tier that takes a cycle for a burst."""


class Bench:
    """A section in the making.

    Args:
        random: draws depths of what is tested, and capacities and latencies of channels there;
            without it, and elsewhere, these are without end and all else takes a cycle.
        depth: of what is tested, where it is not drawn.
        tier: the memory of all tensors.
        outstanding: how many bursts of it may be in flight.
    """

    def __init__(
        self,
        random: Random | None = None,
        depth: int = 1,
        tier: TierSpec = MEMORY,
        outstanding: int = 16,
    ) -> None:
        self.random = random
        self.depth = depth
        self.tier = tier
        self.outstanding = outstanding
        self.contexts: list[ContextSpec] = []
        self.channels: list[ChannelSpec] = []
        self.arrays: Arrays = []
        self.tensors: list[TensorSpec] = []
        self.expected: list[tuple[int, NDArray[Any]]] = []
        self.tested: set[int] = set()

    # -- parts ----------------------------------------------------------------------------------

    def tensor(self, values: Sequence[Any], dtype: DType = "i32") -> int:
        """Add a tensor; one without elements gets a zero. Returns its number."""
        array = np.array([*values] or [0]).astype(NUMPY[dtype])
        self.arrays.append(array)
        size = 2 if dtype == "bf16" else 4
        number = len(self.tensors)
        address = sum(64 * -(-4 * spec.elements // 64) for spec in self.tensors)
        self.tensors.append(TensorSpec(f"t{number}", dtype, len(array), address, 0, size))
        return number

    def add(
        self,
        kind: str,
        inputs: Sequence[Wire | float],
        outputs: Sequence[DType] = (),
        widths: Sequence[int] = (),
        **details: Any,
    ) -> list[Wire]:
        """Add a primitive; `details` are those of its `SparseSpec`. Returns its outputs.

        `widths` are lanes of outputs, 1 if not given.
        """
        return self._add(f"{kind}{len(self.contexts)}", kind, inputs, outputs, widths, details)

    def test(
        self,
        kind: str,
        inputs: Sequence[Wire | float],
        outputs: Sequence[DType] = (),
        widths: Sequence[int] = (),
        **details: Any,
    ) -> list[Wire]:
        """Add the primitive that is tested, named after its kind."""
        self.tested.add(len(self.contexts))
        return self._add(kind, kind, inputs, outputs, widths, details)

    def _add(
        self,
        name: str,
        kind: str,
        inputs: Sequence[Wire | float],
        outputs: Sequence[DType],
        widths: Sequence[int],
        details: dict[str, Any],
    ) -> list[Wire]:
        made = [
            Wire(len(self.contexts), port, dtype, lanes)
            for port, (dtype, lanes) in enumerate(zip_longest(outputs, widths, fillvalue=1))
        ]
        number = len(self.contexts)
        wires = [x for x in inputs if isinstance(x, Wire) and x is not ROOT]
        ports = iter(range(len(wires)))
        constants = [x for x in inputs if not isinstance(x, Wire)]
        roles = [
            CONSTANT_INPUT if not isinstance(x, Wire) else ROOT_INPUT if x is ROOT else next(ports)
            for x in inputs
        ]
        if constants:
            details["constants"] = tuple((x, constant_type(x)) for x in constants)
        self.contexts.append(
            ContextSpec(
                name=name,
                kind=kind,
                levels=(),
                vector_level=0,
                repeat=-1,
                depth=self._draw((self.depth if number in self.tested else 1, 1, 2, 3, 4), number),
                inputs=tuple(self.connect(w, number, n) for n, w in enumerate(wires)),
                outputs=tuple(
                    Output(f"out{wire.port}", (), 0, wire.kind, wire.dtype, -1, stream=True)
                    for wire in made
                ),
                constants=(),
                steps=(),
                registers=tuple(wire.dtype for wire in wires),
                access=None,
                source=None,
                sparse=SparseSpec(tuple(roles), tuple(range(len(outputs))), **details),
            )
        )
        return made

    def connect(self, wire: Wire, sink: int, port: int) -> Input:
        """Add a channel from an output; return the input that it leads to."""
        number = len(self.channels)
        capacity = self._draw((-1, -1, 1, 2, 3, 8), wire.context, sink)
        latency = self._draw((1, 0, 2, 5), wire.context, sink)
        source = self.contexts[wire.context]
        outputs = list(source.outputs)
        output = outputs[wire.port]
        outputs[wire.port] = replace(output, channels=(*output.channels, number))
        self.contexts[wire.context] = replace(source, outputs=tuple(outputs))
        name = f"{source.name}.{output.name} -> {number}"
        self.channels.append(
            ChannelSpec(name, wire.kind, capacity, 0, latency, wire.context, sink, stream=True)
        )
        return Input(f"in{port}", number, 0, wire.kind, wire.dtype, stream=True)

    def _draw(self, choice: Sequence[int], *contexts: int) -> int:
        """Draw where a context is tested; else return the first."""
        if self.random is None or self.tested.isdisjoint(contexts):
            return choice[0]
        return self.random.choice(choice)

    # -- streams --------------------------------------------------------------------------------

    def source(self, tokens: Tokens | str, depth: int, dtype: DType = "i32") -> Wire:
        """Add what sends a stream of a depth; a deep one without stops has lost its only fiber."""
        tokens = from_text(tokens) if isinstance(tokens, str) else tokens
        if not any(isinstance(token, Stop) for token in tokens):
            deeper = self.source([*tokens[:-1], Stop(0), DONE], 1, dtype)
            return self.add("stop_drop", [deeper], [dtype], settings=(1,))[0]
        leaves, refs = self._walk(nest(tokens, depth), depth)
        if dtype == "i32" and EMPTY not in tokens:
            return self._lookup(leaves, refs)[0]
        if dtype == "i32" and all(not is_payload(token) or token >= 0 for token in tokens):
            extent = (
                max([0, *(leaf for fiber in leaves for leaf in fiber if leaf is not EMPTY)]) + 1
            )
            marked = [[extent if x is EMPTY else x for x in fiber] for fiber in leaves]
            crd, _ = self._lookup(marked, refs)
            return self.add("locate", [crd, ROOT], ["i32"], storage="dense", extent=extent)[0]
        return self._present(leaves, refs, dtype)

    def vectors(self, tokens: Tokens, depth: int, dtype: DType, lanes: int) -> Wire:
        """Add what sends a stream of vectors, none of them absent."""
        payloads = [token for token in tokens if is_payload(token)]
        numbers = iter(range(len(payloads)))
        refs = self.source([next(numbers) if is_payload(t) else t for t in tokens], depth)
        stored = (self.tensor([x for vector in payloads for x in vector], dtype),)
        details = {"storage": "values", "tensors": stored, "dtype": dtype, "lanes": lanes}
        return self.add("array", [refs], [dtype], [lanes], **details)[0]

    def _walk(self, tree: Any, depth: int) -> tuple[list[list[Any]], Wire]:
        """Walk all levels of a tree but the last; return the fibers of that and references."""
        fibers, refs = [tree if tree is not None else []], ROOT
        for _ in range(depth - 1):
            _, refs = self._lookup([list(range(len(fiber))) for fiber in fibers], refs)
            fibers = [inner for fiber in fibers for inner in fiber]
        return fibers, refs

    def _lookup(self, fibers: list[list[int]], refs: Wire) -> list[Wire]:
        segments = self.tensor(np.cumsum([0, *map(len, fibers)]).tolist())
        coordinates = self.tensor([crd for fiber in fibers for crd in fiber])
        tensors = (segments, coordinates)
        return self.add("lookup", [refs], ["i32", "i32"], storage="compressed", tensors=tensors)

    def _values(self, values: Sequence[Any], refs: Wire, dtype: DType) -> Wire:
        tensors = (self.tensor(values, dtype),)
        return self.add("array", [refs], [dtype], storage="values", tensors=tensors, dtype=dtype)[0]

    def _present(self, leaves: list[list[Any]], refs: Wire, dtype: DType) -> Wire:
        """Send values; those that are absent get their `N` from a union."""
        there = [[n for n, leaf in enumerate(f) if leaf is not EMPTY] for f in leaves]
        crd, ref = self._lookup(there, refs)
        kept = [fiber[n] for fiber, places in zip(leaves, there, strict=True) for n in places]
        values = self._values(kept, ref, dtype)
        every, _ = self._lookup([list(range(len(fiber))) for fiber in leaves], refs)
        _, _, united = self.add("union", [every, crd, every, values], ["i32", "i32", dtype])
        return united

    # -- checks ---------------------------------------------------------------------------------

    def check(self, wire: Wire, tokens: Tokens | str, depth: int) -> None:
        """Add what compares an output with a stream."""
        tokens = from_text(tokens) if isinstance(tokens, str) else tokens
        payloads = [token for token in tokens if is_payload(token)]
        numbers = iter(range(1, len(payloads) + 1))
        counted = [next(numbers) if is_payload(token) else token for token in tokens]
        shape = self.source(counted, depth)
        self._write(wire, shape, payloads)
        is_index = wire.dtype == "i32" and wire.lanes == 1
        ordered = wire if is_index else self.add("number", [wire], ["i32"])[0]
        self._write(shape, ordered, list(range(1, len(payloads) + 1)))

    def _write(self, values: Wire, crds: Wire, expected: Sequence[Any]) -> None:
        flat = np.array([*expected] or [[0] * values.lanes]).reshape(-1)
        array = flat.astype(NUMPY[values.dtype])
        number = self.tensor([0] * len(array), values.dtype)
        self.expected.append((number, array))
        self.add(
            "write_values",
            [values, crds],
            storage="values",
            tensors=(number,),
            dtype=values.dtype,
            lanes=values.lanes,
        )

    def run(self) -> Run:
        """Run the section on both engines; everything that they say must be the same."""
        section = ElaboratedSection(
            name="bench",
            lanes=LANES,
            outstanding=self.outstanding,
            contexts=tuple(self.contexts),
            channels=tuple(self.channels),
            memories=(),
            tensors=tuple(self.tensors),
            tiers=(self.tier,),
        )
        return run_engines(section, self.arrays)

    def run_and_check(self) -> Run:
        """Run, and compare what was written with what is expected."""
        run = self.run()
        if not isinstance(run.outcome, Deadlock):
            assert run.result.contexts
            for number, expected in self.expected:
                np.testing.assert_array_equal(run.arrays[number], expected)
        return run
