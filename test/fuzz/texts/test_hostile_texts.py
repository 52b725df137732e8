"""Texts made to do harm: huge, deep or endless ones are read in linear time, and every number that
no engine could hold is refused where it stands, or means what the documentation says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest
from text_corpus import ROOT
from text_judge import Verdict, machines
from text_trial import isolated_trial

from rdu.configuration import ConfigurationError, parse, verify

N = 100_000
"""Characters of one line."""

LINES = 20_000

CONFIGURATIONS = ROOT / "test" / "unit" / "configuration"
PLACED = (CONFIGURATIONS / "placed.rdu").read_text(encoding="utf-8")
SPARSE = (CONFIGURATIONS / "sparse.rdu").read_text(encoding="utf-8")
WRITERS = (CONFIGURATIONS / "two_writers.rdu").read_text(encoding="utf-8")
GEMM = (ROOT / "examples" / "configurations" / "gemm.rdu").read_text(encoding="utf-8")

HEAD = ("rdu 1", "machine plasticine", "section s() {")
TAIL = ("host {", "}", "")

COPY = """\
rdu 1
machine plasticine

tensor x : i32[SHAPE] input tier dram
tensor y : i32[SHAPE] output tier dram

section copy(x : i32[SHAPE], y : i32[SHAPE]) {
  ag load {
    context main {
      count i COUNT
      out data : vector i32 @i
      load x[INDEX] -> data
    }
  }
  ag store {
    context main {
      count i COUNT
      in data : vector i32 @i
      store y[INDEX] <- data
    }
  }
  net data vector load.main.data {
    to store.main.data capacity FIFO
  }
}

host {
  run copy(x = x, y = y)
}
"""


X = "tensor x : f32[60] input tier dram\n"


def copy(shape: str = "64", count: str = "0..64 par 16", index: str = "i", fifo: str = "16") -> str:
    text = COPY.replace("SHAPE", shape).replace("COUNT", count)
    return text.replace("INDEX", index).replace("FIFO", fifo)


def pcu(*lines: str) -> str:
    """Return a text with one context of a PCU, connected to nothing."""
    return "\n".join((*HEAD, "pcu p {", "context c {", *lines, "}", "}", "}", *TAIL))


def numbered(line: str, count: int) -> Iterable[str]:
    return (line.replace("#", str(number)) for number in range(count))


def edited(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def many_contexts() -> str:
    context = "context c# {\ncount k 0..4\nin d : vector f32 @k\nwrite m[k] buffer @pass <- d\n}"
    unit = ("pmu p {", "memory m : f32 words 8", *numbered(context, 2000), "}")
    return "\n".join((*HEAD, *unit, "}", *TAIL))


def many_units() -> str:
    unit = "pcu p# {\ncontext c {\nin a : scalar f32 @pass\nout b : scalar f32 @pass\nb <- a\n}\n}"
    net = "net n# scalar q#.c.b {\nto q#.c.a capacity 4\n}"
    body = (*numbered(unit, 1000), *numbered(net, 1000))
    return "\n".join((*HEAD, *body, "}", *TAIL))


def sparse(line: str, *ports: str) -> str:
    """Return a text whose only context is a sparse primitive, connected to nothing."""
    return edited(pcu(*ports, line), "plasticine", "sam-ideal")


def many_joins() -> str:
    """Return a union behind a union, thousands of times, each with one more than it can read."""
    ports = ("i", "j", "p", "q")
    unit = "pcu u# {\ncontext c {\n" + "\n".join(
        (
            *(f"in {port} : stream scalar i32 @pass" for port in ports),
            *(f"out {port}2 : stream scalar i32 @pass" for port in ports[1:]),
            "union i j p q -> j2 p2 q2",
            "}\n}",
        )
    )
    net = "net n# scalar u#.c.p2 {\nto u@.c.i capacity 4\nto u@.c.p capacity 4\n}"
    nets = (net.replace("#", str(n)).replace("@", str(n + 1)) for n in range(999))
    text = "\n".join((*HEAD, *numbered(unit, 1000), *nets, "}", *TAIL))
    return edited(text, "plasticine", "sam-ideal")


@dataclass(frozen=True, slots=True)
class Case:
    """A text and the first thing that is said of it."""

    text: Callable[[], str]
    said: str


REFUSED = {
    # Long things.
    "digits": Case(lambda: "9" * N, "1:1: error: integer is too long: expected at most 18 digits"),
    "points": Case(lambda: "1." * N, "1:1: error: unknown statement '1.1' in the file"),
    "quotes": Case(lambda: '"\\' * N, "1:1: error: unreadable character: expected a string that"),
    "dollars": Case(lambda: "$" * N, "1:1: error: unreadable character"),
    "dollars between words": Case(lambda: "$a" * N, "1:1: error: unreadable character"),
    "nul": Case(lambda: "\0" * N, "1:1: error: unreadable character: expected a word, number or"),
    "a name": Case(
        lambda: edited(PLACED, "relu", "r" * N),
        "7:9: error: name is too long: expected at most 4096 characters, got 100000",
    ),
    "a string": Case(
        lambda: edited(PLACED, "model.py", "m" * N),
        "16:23: error: string is too long: expected at most 4096 characters, got 100002",
    ),
    "a line of extents": Case(
        lambda: edited(PLACED, "x : f32[60] input", f"x : f32[{'1,' * 50_000}60] input"),
        "4:100020: error: malformed 'tensor' line: expected at most 32 extents",
    ),
    "a route": Case(
        lambda: edited(PLACED, "capacity 16 via", "capacity 16 via " + "(2,2)" * 10_000),
        "32:5: error: route to 'relu.main.x' does not begin at its source",
    ),
    "an index": Case(
        lambda: edited(PLACED, "load x[i]", f"load x[{'i + ' * 50_000}i]"),
        "12:7: error: index 0 of 'x' is out of range: expected 0..59, got 0..2950059",
    ),
    "indices": Case(
        lambda: edited(PLACED, "load x[i]", f"load x[{'i, ' * 20_000}i]"),
        "12:7: error: access of 'x' has the wrong number of indices: expected 1",
    ),
    # Deep and many things.
    "open blocks": Case(lambda: "a {\n" * LINES, "1:1: error: block is never closed"),
    "closed blocks": Case(lambda: "}\n" * LINES, "1:1: error: '}' closes no block"),
    "deep blocks": Case(
        lambda: "section s() {\n" * LINES + "}\n" * LINES, "1:1: error: the file is incomplete"
    ),
    "strange lines": Case(lambda: "foo bar\n" * LINES, "1:1: error: unknown statement 'foo'"),
    "wrong lines": Case(lambda: "tensor 1\n" * LINES, "1:1: error: the file is incomplete"),
    "one tensor often": Case(
        lambda: PLACED.replace("\ntensor y", "\n" + X * 5_000 + "tensor y"),
        "5:1: error: tensor 'x' is declared twice",
    ),
    "unknown runs": Case(
        lambda: edited(PLACED, "host {", "host {\n" + "run s()\n" * 10_000),
        "40:1: error: unknown section 's'",
    ),
    "contexts": Case(many_contexts, "8:1: error: input 'p.c0.d' is not connected"),
    "units": Case(many_units, "7004:1: error: unknown output 'q0.c.b': expected one of 1000 "),
    "operations": Case(
        lambda: pcu("r = addi 1 1", *numbered("r# = addi r r", 5000)),
        "4:1: error: pcu 'p' has too many stages: expected at most 6, got 5001",
    ),
    "counters": Case(
        lambda: pcu(*numbered("count c# 0..2", 2000), *numbered("in p# : control @c#", 2000)),
        "5:1: error: context 'c' fires too often: expected at most 9007199254740992 firings",
    ),
    "operands": Case(lambda: sparse(f"union {'a ' * 20_000}-> b"), "6:1: error: unknown input 'a'"),
    "sides": Case(
        lambda: sparse(
            "union " + " ".join(numbered("a#", 4000)) + " -> " + " ".join(numbered("b#", 2001)),
            *numbered("in a# : stream scalar i32 @pass", 4000),
            *numbered("out b# : stream scalar i32 @pass", 2001),
        ),
        "4006:1: error: output 'p.c.b0' is not connected",
    ),
    "settings": Case(
        lambda: sparse("crd_drop a b with " + ", ".join(numbered("gap# 1", 20_000)) + " -> c d"),
        "6:1: error: unknown input 'a'",
    ),
    "parts": Case(
        lambda: sparse(f"lookup root of compressed({'a, ' * 20_000}a) -> c d"),
        "5:1: error: pcu 'p' cannot lookup",
    ),
    "joins": Case(many_joins, "10:1: error: output 'u0.c.j2' is not connected"),
    "an absent side": Case(lambda: sparse("union"), "6:6: error: malformed 'union' line"),
    # Numbers.
    "an extent": Case(
        lambda: edited(SPARSE, "of dense(4)", "of dense(999999999999999999)"),
        "27:7: error: dense level of 'lookup' is empty or too long",
    ),
    "a setting": Case(
        lambda: edited(SPARSE, "-> i qa qb", "with width -999999999999999999 -> i qa qb"),
        "39:7: error: 'union' has the wrong settings",
    ),
    "an empty tensor": Case(
        lambda: copy(shape="0"), "4:1: error: tensor 'x' has no elements: expected extents above 0"
    ),
    "a tensor beyond its tier": Case(
        lambda: copy(shape=str(2**33), count=f"0..{2**31} par 16"),
        "4:1: error: tensors exceed tier 'dram': expected at most 17179869184 bytes, ",
    ),
    "trips": Case(
        lambda: copy(count="0..999999999999999999 par 16"),
        "9:5: error: context 'main' fires too often",
    ),
    "a counter below i32": Case(
        lambda: copy(count="-2147483649..-2147483585 par 16", index="i + 2147483649"),
        "10:7: error: counter 'i' leaves i32",
    ),
    "a step": Case(
        lambda: copy(count="0..64 step 99999999999999999 par 16"),
        "10:7: error: counter 'i' leaves i32",
    ),
    "a step back": Case(
        lambda: copy(count="0..64 step -1"), "10:7: error: counter 'i' does not advance"
    ),
    "lanes": Case(
        lambda: copy(count="0..64 par 999999999999999999"),
        "10:7: error: counter 'i' has too many lanes: expected at most 16",
    ),
    "passes": Case(
        lambda: edited(copy(), "count i", "repeat 999999999999999999\n      count i"),
        "9:5: error: context 'main' fires too often: expected at most 9007199254740992",
    ),
    "a FIFO": Case(
        lambda: copy(fifo="999999999999999999"),
        "23:5: error: vector channel to 'store.main.data' is too deep: expected capacity 16",
    ),
    "tokens": Case(
        lambda: edited(GEMM, "capacity 3 init 3", "capacity inf init 999999999999999999"),
        "94:5: error: access without ownership",
    ),
    "words": Case(
        lambda: edited(GEMM, "words 660", "words 999999999999999999"),
        "46:3: error: pmu 'b_all' has too many bytes: expected at most 262144",
    ),
    "buffers": Case(
        lambda: edited(GEMM, "buffers 3", "buffers 999999999999999999"),
        "26:3: error: pmu 'a_rows' has too many bytes: expected at most 262144",
    ),
    "words that two write": Case(
        lambda: edited(
            edited(WRITERS, "words 32", "words 999999999999999999"), "0..16", "0..2147483648"
        ),
        "12:7: error: index 0 of 'x' is out of range: expected 0..31, got 0..2147483647",
    ),
    "sums": Case(
        lambda: copy(index="i + 999999999999999999 + 1"),
        "12:40: error: malformed 'load' line: expected sums of at most 18 digits",
    ),
    "a read back": Case(
        lambda: edited(GEMM, "buffer @m ->", "buffer @m back 999999999999999999 ->"),
        "43:7: error: read of 'a' reaches back to no buffer: expected 0..2",
    ),
    "a default": Case(
        lambda: edited(
            copy(), "in data : vector i32 @i", "in data : vector i32 @i when i < 1 else -9999999999"
        ),
        "18:7: error: constant -9999999999 is beyond i32",
    ),
    "a condition": Case(
        lambda: edited(
            copy(),
            "out data : vector i32 @i",
            "out data : vector i32 @i when 2147483648*i < i - 999999999999999999*i",
        ),
        "11:7: error: coefficient of counter 'i' is too large",
    ),
    "passes without end": Case(
        lambda: pcu("repeat forever"), "5:1: error: context 'c' passes without end and waits for"
    ),
    "a hash": Case(
        lambda: edited(copy(), "machine plasticine", 'machine plasticine hash "sha256:0"'),
        "2:1: error: machine 'plasticine' is not the one of the program: expected hash 'sha256:0'",
    ),
}

MEANT = {
    "2^31 elements": (
        copy(shape=str(2**31 - 1), count=f"0..{2**31 - 1} par 16"), Verdict.ACCEPTED
    ),
    "a scalar": (copy(shape="", count="0..1", index=""), Verdict.RAN),
    "the least counter": (
        copy(count="-2147483648..-2147483584 par 16", index="i + 2147483648"), Verdict.RAN
    ),
    "the greatest counter": (
        copy(shape="8", count="2147483640..2147483648 par 16", index="i - 2147483640"), Verdict.RAN
    ),
    "the greatest step": (
        copy(count="-2147483648..2147483648 step 2147483648 par 16", index="0"), Verdict.RAN
    ),
    "coefficients that cancel": (
        copy(index="999999999999999999*i - 999999999999999999*i + i"), Verdict.RAN
    ),
    "a FIFO without end": (copy(fifo="inf"), Verdict.RAN),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_harm_is_refused_where_it_stands(name: str) -> None:
    text = REFUSED[name].text()
    for number, _ in enumerate(machines() if len(text) < 5000 else machines()[:1]):
        verdict = isolated_trial(text.encode(), number)
        assert verdict in (Verdict.NO_PROGRAM, Verdict.NO_FIT)
    assert first_error(text).startswith(f"f:{REFUSED[name].said}")


@pytest.mark.parametrize("name", MEANT)
def test_the_edge_is_still_within(name: str) -> None:
    text, expected = MEANT[name]
    alike = [number for number, machine in enumerate(machines()) if "dram" in machine.tiers]
    verdicts = {isolated_trial(text.encode(), number) for number in alike}
    assert expected in verdicts
    assert verdicts <= {expected, Verdict.ONE_ENGINE}


def test_only_so_many_errors_are_listed() -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse("$ a\n" * N, "f")
    assert len(caught.value.diagnostics) == 1000
    assert caught.value.render().endswith("note: after 1000 errors the rest is not looked at")


def first_error(text: str) -> str:
    """Return the first error of a text on the first machine."""
    try:
        program = parse(text, "f")
    except ConfigurationError as refusal:
        return refusal.diagnostics[0].render()
    suited = {machine.name: machine for machine in reversed(machines())}
    return verify(program, suited[program.machine])[0].render()
