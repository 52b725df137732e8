"""Twists of accesses: indices from data, updates, diagonal layouts, windows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from random_builder import SourcePort
from random_ports import add_output, connect
from random_sections import RandomSection

from rdu.semantics.dtypes import DType
from rdu.semantics.scalar import OPS
from rdu.simulator.specification import Access, Guard, Output, Sum


def gathers(made: RandomSection) -> None:
    """Add an index from data to an access; at times it is out of range."""
    random = made.random
    kinds = sorted({spec.kind for spec in made.contexts if spec.access is not None})
    if not kinds:
        return
    kind = random.choice(kinds)
    found = [i for i, spec in enumerate(made.contexts) if spec.kind == kind]
    context, bound, factor = random.choice(found), random.randint(3, 9), random.randint(1, 4)
    source = _indices(made, bound)
    connect(made, source, context, random.randint(0, len(made.contexts[context].inputs)))
    spec = made.contexts[context]
    channel = len(made.channels) - 1
    port = next(i for i, p in enumerate(spec.inputs) if p.channel == channel)
    access = spec.access
    assert access is not None
    extent = bound - (random.random() < 0.1)
    guard = Guard(random.randint(0, 2), Sum(0, (), ((port, 1),)), extent)
    made.contexts[context] = replace(
        spec,
        access=replace(
            access, ports=(*access.ports, (port, factor)), guards=(*access.guards, guard)
        ),
    )
    _widen(made, access, factor * (bound - 1))


def _indices(made: RandomSection, bound: int) -> tuple[int, int]:
    """Add a load of numbers less than a bound, one for each iteration of some level."""
    levels, vector = made.nest()
    coefficients, constant, extent = made.addresses(levels, 0)
    target = made.tensor("i32", extent)
    made.arrays[target] = np.array([made.random.randrange(bound) for _ in range(extent)], np.int32)
    kind = made.random.choice(("vector", "scalar"))
    port = Output("index", (), made.random.randint(0, 3), kind, "i32", -1)
    made.add(
        "load", levels, vector, 1, (), (port,), access=Access(target, constant, coefficients, -1, 0)
    )
    return len(made.contexts) - 1, 0


def _widen(made: RandomSection, access: Access, more: int) -> None:
    """Make room for addresses that reach further."""
    if access.buffer_level >= 0:
        memory = made.memories[access.target]
        made.memories[access.target] = replace(memory, words=memory.words + more)
        return
    tensor = made.tensors[access.target]
    made.tensors[access.target] = replace(tensor, elements=tensor.elements + more)
    array = made.arrays[access.target]
    made.arrays[access.target] = np.concatenate([array, np.resize(array, more)])


def updates(made: RandomSection) -> None:
    """Let a write read as well, and perhaps deliver what was there."""
    random = made.random
    found = [i for i, spec in enumerate(made.contexts) if spec.kind == "write"]
    if not found:
        return
    context = random.choice(found)
    spec = made.contexts[context]
    access = spec.access
    assert access is not None
    dtype: DType = made.memories[access.target].dtype
    names = [n for n, op in OPS.items() if op.result_type((dtype, dtype)) == dtype]
    access = replace(access, mnemonic=random.choice(names))
    made.contexts[context] = replace(spec, kind="update", access=access)
    if random.random() < 0.6:
        level, kind = random.randint(0, 3), random.choice(("vector", "scalar"))
        _, port = add_output(made, context, Output("old", (), level, kind, dtype, -1))
        spec = made.contexts[context]
        made.contexts[context] = replace(spec, access=replace(access, old=port))
        source = SourcePort(context, port, level, kind, dtype)
        made.sources.append(source)
        made.store(source)


def skewed(made: RandomSection) -> None:
    """Lay memories out in diagonals."""
    for number, memory in enumerate(made.memories):
        made.memories[number] = replace(memory, skew=made.random.randint(1, 9))


def windows(made: RandomSection) -> None:
    """Let a read reach back, by at most as many buffers as the writer leaves alone."""
    random = made.random
    found = [i for i, spec in enumerate(made.contexts) if spec.kind == "read"]
    found = [i for i in found if made.memories[_target(made, i)].buffers > 1]
    if not found:
        return
    context = random.choice(found)
    spec = made.contexts[context]
    access = spec.access
    assert access is not None
    most = random.randint(1, made.memories[access.target].buffers - 1)
    back = Sum(most)
    if random.random() < 0.5:
        counter = random.randrange(3)
        if spec.levels[counter].trips <= most + 1 and spec.levels[counter].stride == 1:
            coefficients = tuple(int(i == counter) for i in range(3))
            back = Sum(-spec.levels[counter].start, coefficients)
    made.contexts[context] = replace(spec, access=replace(access, back=back))
    (free,) = (port.channels[0] for port in spec.outputs if port.name == "free")
    made.channels[free] = replace(made.channels[free], init=made.channels[free].init - most)


def _target(made: RandomSection, context: int) -> int:
    access = made.contexts[context].access
    assert access is not None
    return access.target
