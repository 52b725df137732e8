"""A unit for each primitive of a section, which touches tensors where they are."""

from __future__ import annotations

from rdu.transforms.conversion.circuits.circuit import Circuit
from rdu.transforms.conversion.circuits.layout import MAIN, UNBOUNDED, Layout, Step


def directly(circuit: Circuit, fifo_depth: int | None) -> Layout:
    """Return a section in which every primitive is a unit.

    Args:
        circuit: the primitives.
        fifo_depth: the capacity of each channel, None for unbounded.
    """
    layout = Layout(circuit.name)
    for name, unit in circuit.units.items():
        job, storage = unit.job, unit.job.storage
        place = layout.places[layout.place(job.kind, name, job.location)]
        step = Step(unit, None, None)
        if storage is not None:
            step = Step(unit, storage.kind, storage.words)
        place.add(MAIN, step)
    capacity = UNBOUNDED if fifo_depth is None else fifo_depth
    for signal, sinks in circuit.sinks.items():
        for unit, port in sinks:
            source, sink = f"{signal.unit}.{MAIN}.{signal.port}", f"{unit}.{MAIN}.{port}"
            start = circuit.starts.get((unit, port), 0)
            layout.connect(source, signal.token, sink, capacity, start)
    return layout
