"""Small elaborated sections for counting cycles by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.simulator.native_engine import NativeEngine
from rdu.simulator.python_engine.engine import PythonEngine
from rdu.simulator.result import SectionResult
from rdu.simulator.specification import (
    Access,
    ChannelSpec,
    ContextSpec,
    ElaboratedSection,
    Input,
    Level,
    MemorySpec,
    Output,
    TensorSpec,
    TierSpec,
)

LANES = 16


def context(
    kind: str,
    tokens: int,
    depth: int,
    pops: Sequence[int] = (),
    pushes: Sequence[int] = (),
    access: Access | None = None,
) -> ContextSpec:
    """Return a context that fires `tokens` times on vectors of 16 lanes.

    Each firing pops a vector from every channel of `pops` and pushes one on every one of `pushes`;
    a compute context passes its counter on.
    """
    compute = kind == "compute"
    dtype = "i32" if compute else "f32"
    return ContextSpec(
        name=kind,
        kind=kind,
        levels=(Level(0, tokens * LANES, 1, LANES, tokens),),
        vector_level=1,
        repeat=1,
        depth=depth,
        inputs=tuple(Input(f"in{c}", c, 1, "vector", dtype) for c in pops),
        outputs=tuple(
            Output(f"out{c}", (c,), 1, "vector", dtype, len(pops) if compute else -1)
            for c in pushes
        ),
        constants=(),
        steps=(),
        registers=(*(dtype for _ in pops), "i32"),
        access=access,
        source=None,
    )


def channel(source: int, sink: int, capacity: int, latency: int) -> ChannelSpec:
    """Return a vector channel from one context to another."""
    return ChannelSpec(f"{source} -> {sink}", "vector", capacity, 0, latency, source, sink)


def section(
    contexts: Sequence[ContextSpec],
    channels: Sequence[ChannelSpec],
    memories: Sequence[MemorySpec] = (),
    tensors: Sequence[TensorSpec] = (),
    tier: TierSpec | None = None,
    outstanding: int = 16,
) -> ElaboratedSection:
    """Return a section; without a tier it gets one that nothing uses."""
    return ElaboratedSection(
        name="micro",
        lanes=LANES,
        outstanding=outstanding,
        contexts=tuple(contexts),
        channels=tuple(channels),
        memories=tuple(memories),
        tensors=tuple(tensors),
        tiers=(tier or TierSpec("dram", 1, 64, 1, 1, 1),),
    )


def run(spec: ElaboratedSection, tensors: Sequence[NDArray[Any]] = ()) -> SectionResult:
    """Run a section on both engines and return what they agree on."""
    native = NativeEngine().run(spec, [t.copy() for t in tensors])
    assert native == PythonEngine().run(spec, [t.copy() for t in tensors])
    assert isinstance(native, SectionResult)
    return native


def floats(count: int) -> NDArray[np.float32]:
    """Return an array to load from."""
    return np.arange(count, dtype=np.float32)
