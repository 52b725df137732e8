"""A run over time, for Perfetto or chrome://tracing: a gzipped JSON file of trace events.

A process is a unit, a thread one of its contexts, a span what it did or waited for. The sections of
a run follow one another on one clock, of which a microsecond is a cycle. Where a timeline's buckets
are longer than a cycle, a span shows what took most of a bucket's cycles, and its arguments have
the cycles of everything in it.

The format is "Trace Event Format" (https://docs.google.com/document/d/
1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU).
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.simulator.result import SectionResult
from rdu.simulator.simulate import RunResult

Event = dict[str, Any]

HOST = 0
"""The process of the host's schedule."""


def trace(result: RunResult) -> bytes:
    """Return the trace of a run with timelines; the same run gives the same bytes."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file,
        io.TextIOWrapper(file, encoding="utf-8") as text,
    ):
        head = {"clock": "1 us is 1 cycle", "cycles a bucket": buckets(result)}
        text.write(f'{{"displayTimeUnit": "ns", "otherData": {json.dumps(head)},\n')
        text.write('"traceEvents": [\n')
        for number, event in enumerate(_events(result)):
            text.write(",\n" if number else "")
            text.write(json.dumps(event, separators=(",", ":")))
        text.write("\n]}\n")
    return packed.getvalue()


def buckets(result: RunResult) -> dict[str, int]:
    """Return the cycles of a bucket by section; those of its coarsest run."""
    found: dict[str, int] = {}
    for section in result.sections:
        if section.timeline:
            found[section.name] = max(found.get(section.name, 1), section.timeline.bucket)
    return found


def _events(result: RunResult) -> Iterator[Event]:
    yield _name("process", "host", HOST)
    yield _name("thread", "sections", HOST)
    units: dict[tuple[str, str], int] = {}
    threads: dict[tuple[str, str], int] = {}
    start = 0
    for section in result.sections:
        if section.reconfiguration:
            yield _span("reconfiguration", start, section.reconfiguration, HOST)
            start += section.reconfiguration
        yield _span(section.name, start, section.cycles, HOST)
        for number, context in enumerate(section.contexts):
            unit, _, name = context.name.rpartition(".")
            process, thread = (section.name, unit), (section.name, context.name)
            if process not in units:
                units[process] = len(units) + 1
                yield _name("process", f"{unit} ({section.name})", units[process])
            if thread not in threads:
                threads[thread] = len(threads) + 1
                yield _name("thread", name, units[process], threads[thread])
            yield from _spans(section, number, start, units[process], threads[thread])
        start += section.cycles


def _spans(
    section: SectionResult, context: int, start: int, process: int, thread: int
) -> Iterator[Event]:
    """Yield the spans of a context: neighbouring buckets that the same state rules are one."""
    timeline = section.timeline
    if timeline is None:
        return
    cycles, states = timeline.cycles[context], timeline.states[context]
    for first, last, state in _stretches(cycles):
        inside = cycles[first:last].sum(axis=0)
        span = _span(
            states[state].replace("backpressured", "back-pressured"),
            start + first * timeline.bucket,
            int(inside.sum()),
            process,
            thread,
        )
        if timeline.bucket > 1:
            span["args"] = {states[i]: int(n) for i, n in enumerate(inside) if n}
        yield span


def _stretches(cycles: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    """Yield first bucket, bucket behind the last, and state of each stretch of buckets."""
    if not len(cycles):
        return
    ruling = cycles.argmax(axis=1)
    edges = [0, *(np.flatnonzero(np.diff(ruling)) + 1).tolist(), len(ruling)]
    for first, last in pairwise(edges):
        yield first, last, int(ruling[first])


def _span(name: str, start: int, cycles: int, process: int, thread: int = 0) -> Event:
    return {"ph": "X", "name": name, "ts": start, "dur": cycles, "pid": process, "tid": thread}


def _name(what: str, name: str, process: int, thread: int = 0) -> Event:
    return {
        "ph": "M",
        "name": f"{what}_name",
        "pid": process,
        "tid": thread,
        "args": {"name": name},
    }
