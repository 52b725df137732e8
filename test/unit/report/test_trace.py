"""A trace is what Perfetto loads, says what its spans are, and sums to the accounts."""

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rdu.configuration import read
from rdu.report.trace import buckets, trace
from rdu.runtime.random_inputs import random_inputs
from rdu.simulator.recording.record import Record
from rdu.simulator.simulate import RunResult, simulate
from rdu.targets import load_machine

ROOT = Path(__file__).parents[3]


def run(path: str, most: int, reconfiguration: int = 0) -> RunResult:
    program = replace(read(ROOT / path), machine_hash=None)
    machine = load_machine(program.machine, {"reconfiguration_cycles": reconfiguration})
    inputs = random_inputs(program, 0)
    return simulate(program, machine, inputs, "python", record=Record(buckets=most))


def loaded(result: RunResult) -> dict[str, Any]:
    return json.loads(gzip.decompress(trace(result)))


GEMM = "examples/configurations/gemm.rdu"


@pytest.mark.parametrize("most", [2, 8, 100, 4096])
def test_spans_of_a_context_follow_one_another_over_its_lifetime(most: int) -> None:
    result = run(GEMM, most)
    events = loaded(result)["traceEvents"]
    threads = [e["tid"] for e in events if e["name"] == "thread_name"][1:]
    (section,) = result.sections
    for thread, context in zip(threads, section.contexts, strict=True):
        spans = [e for e in events if e["tid"] == thread and e["ph"] == "X"]
        assert len(spans) <= most
        time = 0
        for span in spans:
            assert span["ts"] == time
            time += span["dur"]
        assert time == context.lifetime


def test_arguments_of_sampled_spans_have_every_cycle() -> None:
    result = run(GEMM, 8)
    assert buckets(result)["gemm"] > 1
    data = loaded(result)
    assert data["otherData"] == {"clock": "1 us is 1 cycle", "cycles a bucket": buckets(result)}
    spans = [e for e in data["traceEvents"] if "args" in e and e["ph"] == "X"]
    assert all(sum(span["args"].values()) == span["dur"] for span in spans)
    busy = sum(span["args"].get("busy", 0) for span in spans)
    assert busy == sum(context.busy for context in result.sections[0].contexts)


def test_unsampled_spans_have_exact_places() -> None:
    result = run(GEMM, 4096)
    assert buckets(result) == {"gemm": 1}
    events = loaded(result)["traceEvents"]
    busy = sum(e["dur"] for e in events if e["name"] == "busy")
    assert busy == sum(context.busy for context in result.sections[0].contexts)
    assert any(e["name"].startswith("starved ") for e in events)
    assert any(e["name"].startswith("back-pressured ") for e in events)


def test_sections_follow_one_another_on_one_clock() -> None:
    result = run("test/unit/configuration/two_steps.rdu", 64, reconfiguration=1000)
    events = loaded(result)["traceEvents"]
    host = [e for e in events if e["pid"] == 0 and e["ph"] == "X"]
    time = 0
    for event in host:
        assert event["ts"] == time
        time += event["dur"]
    assert time == result.cycles
    names = [event["name"] for event in host]
    assert names.count("reconfiguration") == sum(s.reconfiguration > 0 for s in result.sections)
    assert [n for n in names if n != "reconfiguration"] == [s.name for s in result.sections]


def test_every_thread_has_a_name() -> None:
    events = loaded(run(GEMM, 64))["traceEvents"]
    for kind, key in (("process", "pid"), ("thread", "tid")):
        named = {e[key] for e in events if e["name"] == f"{kind}_name"}
        assert {e[key] for e in events} == named | {0}


def test_the_same_run_gives_the_same_bytes() -> None:
    assert trace(run(GEMM, 64)) == trace(run(GEMM, 64))
