"""Faults end to end: one located error, exit code 1, whatever else the section does."""

from __future__ import annotations

import numpy as np
import pytest
from traced import TIMING, program

from rdu.configuration import parse
from rdu.simulator import EngineName, simulate
from rdu.support.diagnostics import ExitCode, RduError
from rdu.targets import load_machine

BODY = """
ag load {
  context keys SOURCE{
    count i 0..4
    out key : scalar i32 @i
    load keys[i] -> key
  }
  context gather SOURCE{
    count i 0..4
    in key : scalar i32 @i
    out x : scalar i32 @i
    load table[2, key + 1] -> x
  }
  context store {
    count i 0..4
    in x : scalar i32 @i
    store y[i] <- x
  }
}
net scalar load.keys.key -> load.gather.key capacity 2
net scalar load.gather.x -> load.store.x capacity 2
"""
TENSORS = "keys : i32[4] input\n table : i32[3, 8] input\n y : i32[4] output"


def failure(body: str, keys: list[int]) -> RduError:
    """Return the error of a run."""
    parsed = parse(program(body, TENSORS).replace("MACHINE", "plasticine"))
    given = {"keys": np.array(keys, np.int32), "table": np.zeros((3, 8), np.int32)}
    with pytest.raises(RduError) as caught:
        simulate(parsed, load_machine("plasticine", TIMING), given, "python", file="gather.rdu")
    return caught.value


def test_an_index_out_of_range() -> None:
    """Keys are loaded at 0, 1, ..., each answers 11 cycles later and arrives one after that."""
    error = failure(BODY.replace("SOURCE", ""), [0, 6, 7, 99])
    (diagnostic,) = error.diagnostics
    assert error.exit_code == ExitCode.ERROR
    assert str(diagnostic.location) == "gather.rdu:14:1"
    assert diagnostic.message == (
        "section 's' stops at cycle 14, 'load.gather': index 1 of 'table' is out of range: "
        "expected 0..7, got 8"
    )


def test_the_line_of_the_model_comes_first() -> None:
    """With a source line the error stands there, and a note says where the context is."""
    (diagnostic,) = failure(BODY.replace("SOURCE", 'from "model.py":7 '), [-2] * 4).diagnostics
    assert str(diagnostic.location) == "model.py:7"
    assert diagnostic.message.endswith("expected 0..7, got -1")
    assert [str(note.location) for note in diagnostic.notes] == ["gather.rdu:14:1"]


MEMORY = """
pmu words {
  memory m : i32 words 8
  context write {
    count i 0..4
    in key : scalar i32 @i
    in free : control @pass
    out full : control @pass
    write m[key] buffer @pass <- key
  }
  context read {
    count i 0..4
    in full : control @pass
    out x : scalar i32 @i
    out free : control @pass
    read m[i] buffer @pass -> x
  }
}
net control words.write.full -> words.read.full capacity 1
net control words.read.free -> words.write.free capacity 1 init 1
"""


def test_an_address_out_of_range() -> None:
    """A scratchpad has one address, that of the word in its buffer."""
    body = BODY.replace("SOURCE", "").replace("load.gather.key", "words.write.key")
    body = body.replace("load.gather.x", "words.read.x")
    start, end = body.index("context gather"), body.index("context store")
    body = body[:start] + body[end:] + MEMORY
    tensors = TENSORS.replace("table : i32[3, 8] input\n", "")
    parsed = parse(program(body, tensors).replace("MACHINE", "plasticine"))
    given = {"keys": np.array([0, 7, 8, 0], np.int32)}
    with pytest.raises(RduError, match=r"the address in memory 'm' is out of range: expected 0..7"):
        simulate(parsed, load_machine("plasticine", TIMING), given, "python")


STREAMS = """
pcu first {
  context main {
    count i 0..2
    count j 0..2
    out x : stream scalar i32 @j
    x <- j
  }
}
pcu second {
  context main {
    count i 0..2
    count j 0..3
    out w : stream scalar i32 @j
    w <- j
  }
}
pcu split {
  context main {
    in x : stream scalar i32 @pass
    in w : stream scalar i32 @pass
    out y : stream scalar i32 @pass
    out z : stream scalar i32 @pass
    partition x by w -> y z
  }
}
pcu sinks {
  context y {
    count i until y
    in y : stream scalar i32 @i
  }
  context z {
    count i until z
    in z : stream scalar i32 @i
  }
}
net scalar first.main.x -> split.main.x capacity 2
net scalar second.main.w -> split.main.w capacity 2
net scalar split.main.y -> sinks.y.y capacity 2
net scalar split.main.z -> sinks.z.z capacity 2
"""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (STREAMS, "stream 'w' disagrees: expected stop S0, got a value"),
        (
            STREAMS.replace("0..3", "1..3"),
            "the choice of 'w' is out of range: expected 0..1, got 2",
        ),
        (
            STREAMS.replace("0..3", "0..2").replace("count i 0..2", "count i 0..1", 1),
            "stream 'w' disagrees: expected stop S1, got stop S0",
        ),
        (STREAMS.replace("0..3", "0..1"), "stream 'w' disagrees: expected a value, got stop S0"),
    ],
)
def test_streams_in_words(body: str, words: str) -> None:
    """What the tokens are, in words."""
    parsed = parse(program(body).replace("MACHINE", "plasticine"))
    with pytest.raises(RduError, match=words):
        simulate(parsed, load_machine("plasticine", TIMING), {}, "python")


WITHOUT_END = """
pcu first {
  context main {
    count i 0..2147483647
    out key : scalar i32 @i
    key <- i
  }
}
ag load {
  context gather {
    count i 0..2147483647
    in key : scalar i32 @i
    out x : scalar i32 @i
    load table[2, key] -> x
  }
  context store {
    count i 0..2147483647
    in x : scalar i32 @i
    store y[0] <- x
  }
}
net scalar first.main.key -> load.gather.key capacity KEYS
net scalar load.gather.x -> load.store.x capacity 4
"""


@pytest.mark.parametrize("engine", ["native", "python"])
@pytest.mark.parametrize("keys", ["2", "inf"])
def test_a_fault_ends_a_run_whatever_would_follow(engine: EngineName, keys: str) -> None:
    """Behind the fault there would be 2^31 firings, of which a channel without end holds each."""
    tensors = "table : i32[3, 400] input\n y : i32[4] output"
    body = WITHOUT_END.replace("KEYS", keys)
    parsed = parse(program(body, tensors).replace("MACHINE", "plasticine"))
    given = {"table": np.zeros((3, 400), np.int32)}
    with pytest.raises(RduError, match=r"index 1 of 'table' is out of range: expected 0..399"):
        simulate(parsed, load_machine("plasticine", TIMING), given, engine)
