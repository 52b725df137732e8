"""A twist that adds a systolic array and a store of what drains from it."""

from __future__ import annotations

import math
from dataclasses import replace

from random_builder import SourcePort, register_types
from random_sections import RandomSection

from rdu.semantics.scalar import OPS
from rdu.simulator.specification import Access, Array, Level, Output, Step


def array(made: RandomSection) -> None:
    """Multiply two vector streams of the innermost level, one tile for each outer iteration."""
    random = made.random
    floats = [
        s
        for s in made.sources
        if s.level == 3 and s.kind == "vector" and s.dtype in ("f32", "bf16")
    ]
    if not floats or any(level.trips < 0 for spec in made.contexts for level in spec.levels):
        return
    levels, vector = made.nest()
    context, over = len(made.contexts), random.randint(1, 3)
    inputs = tuple(made.connect(name, random.choice(floats), context) for name in "ab")
    types = register_types(inputs, levels)
    result = len(types)
    types.append("f32")
    steps: list[Step] = []
    for _ in range(random.randint(0, 2)):
        names = [n for n, op in OPS.items() if op.result_type([types[-1]]) == types[-1]]
        types.append(types[-1])
        steps.append(Step(random.choice(names), (len(types) - 2,), len(types) - 1, -1, -1, False))
    rows, columns = random.randint(1, made.lanes), random.randint(1, made.lanes)
    lanes = random.randint(1, made.lanes)
    vectors = -(-rows * columns // lanes)
    drained = Output("y", (), over - 1, "vector", "f32", len(types) - 1)
    made.sources.append(SourcePort(context, 0, over - 1, "vector", "f32"))
    made.add(
        "systolic",
        levels,
        vector,
        depth=rows + columns - 1 + len(steps),
        inputs=inputs,
        outputs=(drained,),
        steps=tuple(steps),
        registers=tuple(types),
    )
    tiles = random.randint(1, 3)
    unit = Array(0, 1, result, over, rows, columns, lanes, vectors, tiles)
    made.contexts[context] = replace(made.contexts[context], array=unit)
    _store(made, made.sources[-1], made.trips[: over - 1], vectors)


def _store(made: RandomSection, source: SourcePort, tiles: list[int], vectors: int) -> None:
    """Store a tile's vectors one after another."""
    shape = [*tiles, vectors * made.lanes]
    strides = [math.prod(shape[i + 1 :]) for i in range(len(shape))]
    levels = [Level(0, trips, 1, 1, trips) for trips in tiles]
    levels.append(Level(0, shape[-1], 1, made.lanes, vectors))
    data = made.connect("data", source, len(made.contexts))
    target = made.tensor("f32", math.prod(shape))
    access = Access(target, 0, tuple(strides), -1, 0)
    made.add(
        "store",
        tuple(levels),
        len(levels) if made.lanes > 1 else 0,
        depth=1,
        inputs=(replace(data, level=len(levels)),),
        access=access,
    )
