"""Where streams may carry `N`: as primitives give it, and to nobody who has no rule for it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

import pytest
from broken_programs import SOUND, machine_of
from sparse_contexts import FORMS, action_of

from rdu.configuration import parse, verify
from rdu.configuration.model import Sparse
from rdu.configuration.verifier.absence import flow_of
from rdu.semantics import sparse
from rdu.semantics.sparse import Tokens
from rdu.semantics.tokens import EMPTY, from_text

Streams = Sequence[Tokens]
Meaning = Callable[..., Streams]


def fiber(reference: int) -> list[tuple[int, int]]:
    return [(0, reference), (1, reference + 1)]


def find(_: int, crd: int) -> object:
    return crd if crd < 8 else EMPTY


def joined(join: Callable[[Streams, Streams], tuple[Tokens, list[Tokens]]]) -> Meaning:
    def meaning(*streams: Tokens) -> Streams:
        half = len(streams) // 2
        crd, out = join(streams[:half], streams[half:])
        return [crd, *out]

    return meaning


def accumulated(*streams: Tokens) -> Streams:
    reduced, *crds, values = streams
    merged, total = sparse.accumulate(operator.add, 0, 0, reduced, crds, values)
    return [*merged, total]


MEANINGS: dict[str, Meaning] = {
    "lookup": lambda refs: sparse.lookup(fiber, refs),
    "locate": lambda crds, refs: [sparse.locate(find, crds, refs)],
    "array": lambda refs: [sparse.load(lambda ref: ref, 0, refs)],
    "repeat_like": lambda tokens, like: [sparse.repeat(tokens, like)],
    "intersect": joined(sparse.intersect),
    "union": joined(sparse.unite),
    "apply": lambda *values: [sparse.combine(operator.add, 0, *values)],
    "reduce": lambda values, outer: [sparse.reduce(operator.add, 0, 0, values, outer)],
    "accumulate": accumulated,
    "sort": lambda crds, values: sparse.sort(0, crds, values, descending=True),
    "mask": lambda *streams: sparse.mask(operator.le, *streams),
    "crd_drop": lambda outer, inner: sparse.drop_coordinates(outer, inner),
    "val_drop": lambda crds, values: sparse.drop_values(0, crds, values),
    "stop_drop": lambda stream: [sparse.drop_stops(1, stream)],
    "fiber_drop": lambda stream: [sparse.drop_empty_fibers(stream)],
    "as_crd": lambda values: [sparse.as_coordinates(2, values)],
    "number": lambda stream: [sparse.number(stream)],
    "split": lambda crds, payloads: sparse.split(2, crds, payloads),
    "flatten": lambda outer, inner: [sparse.flatten(2, outer, inner)],
    "concat": lambda *streams: sparse.concatenate([0, 9], streams[:2], streams[2:]),
    "fork": lambda stream: sparse.fork(2, 1, stream),
    "join": lambda like, *branches: [sparse.join(1, branches, like)],
}
"""What primitives do to whole streams."""

CASES: list[tuple[str, tuple[str, ...]]] = [
    ("lookup", ("0 N S0 D",)),
    ("locate", ("0 9 S0 D", "0 D")),
    ("locate", ("N S0 D", "0 D")),
    ("locate", ("0 1 S0 1 S1 D", "N 4 S0 D")),
    ("array", ("0 N S0 D",)),
    ("repeat_like", ("N 8 S0 D", "0 2 S0 1 S1 D")),
    ("repeat_like", ("7 8 S0 D", "N S0 1 S1 D")),
    ("intersect", ("N S0 1 S1 D", "0 S0 1 S1 D", "N S0 1 S1 D", "0 S0 1 S1 D")),
    ("intersect", ("0 S0 D", "0 S0 D", "N S0 D", "0 S0 D")),
    ("intersect", ("0 S0 D", "0 S0 D", "0 S0 D", "N S0 D")),
    ("union", ("0 S0 D", "1 S0 D", "0 S0 D", "0 S0 D")),
    ("union", ("N S0 1 S1 D", "0 S0 1 S1 D", "N S0 1 S1 D", "0 S0 1 S1 D")),
    ("union", ("N S0 D", "N S0 D", "N S0 D", "N S0 D")),
    ("apply", ("1 N S0 D", "N N S0 D")),
    ("reduce", ("1 N S0 D", "0 D")),
    ("reduce", ("1 S0 N S1 D", "N 0 S0 D")),
    ("accumulate", ("0 N S0 D", "0 1 S0 0 S1 D", "1 2 S0 3 S1 D")),
    ("accumulate", ("0 1 S0 D", "N S0 1 S1 D", "N S0 N S1 D")),
    ("sort", ("0 1 S0 N S1 D", "N 2 S0 N S1 D")),
    ("mask", ("N 0 S0 D", "0 1 S0 0 S1 D", "0 1 S0 0 S1 D")),
    ("mask", ("0 0 S0 D", "N S0 0 S1 D", "N S0 0 S1 D")),
    ("mask", ("0 0 S0 D", "0 S0 0 S1 D", "N S0 0 S1 D")),
    ("crd_drop", ("N 1 S0 D", "3 S0 4 S1 D")),
    ("crd_drop", ("0 1 S0 D", "3 N S0 4 S1 D")),
    ("val_drop", ("N 1 S0 D", "3 4 S0 D")),
    ("val_drop", ("0 1 S0 D", "N 4 S0 D")),
    ("stop_drop", ("0 N S0 D",)),
    ("fiber_drop", ("0 N S0 S1 D",)),
    ("as_crd", ("0 N S0 D",)),
    ("number", ("0 N S0 D",)),
    ("split", ("0 S0 N S1 D", "0 S0 N S1 D")),
    ("split", ("0 1 S0 D", "0 N S0 D")),
    ("flatten", ("N 1 S0 D", "N S0 1 S1 D")),
    ("flatten", ("0 1 S0 D", "N S0 1 S1 D")),
    ("concat", ("N S0 D", "N S0 D", "N S0 D", "N S0 D")),
    ("concat", ("0 S0 D", "1 S0 D", "N S0 D", "0 S0 D")),
    ("fork", ("N 1 S0 D",)),
    ("fork", ("0 N S0 D",)),
    ("join", ("0 1 S0 D", "N S0 D", "5 S0 D")),
    ("join", ("N 1 S0 D", "4 S0 D", "5 S0 D")),
]
"""Streams with absence: N is in some of them, or comes from where nothing is."""


def primitive_of(word: str, ports: int) -> Sparse:
    """Return a primitive of the table with so many inputs."""
    found = (action_of(word, size, FORMS[word].storages[0] if FORMS[word].storages else None)
             for size in (1, 2))  # fmt: skip
    return next(action for action in found if len(action.inputs) == ports)


def seen_and_foreseen(word: str, texts: tuple[str, ...]) -> tuple[set[str], set[str]]:
    """Return the outputs on which `N` comes out, and those on which the verifier expects it."""
    action = primitive_of(word, len(texts))
    if word == "fork":
        action = action_of(word, 2, None)
    streams = [from_text(text) for text in texts]
    given = MEANINGS[word](*streams)
    seen = {name for name, stream in zip(action.outputs, given, strict=True) if EMPTY in stream}
    flow = flow_of(action)
    absent = {n for n, s in zip(action.inputs, streams, strict=True) if EMPTY in s}
    foreseen = {*flow.own, *(out for name, out in flow.carried.items() if name in absent)}
    if absent & flow.deciding:
        foreseen.update(flow.outputs)
    return seen, foreseen


@pytest.mark.parametrize(("word", "texts"), CASES)
def test_no_primitive_gives_more_than_is_foreseen(word: str, texts: tuple[str, ...]) -> None:
    seen, foreseen = seen_and_foreseen(word, texts)
    assert seen <= foreseen


@pytest.mark.parametrize("word", MEANINGS)
def test_what_is_foreseen_of_a_primitive_may_happen(word: str) -> None:
    pairs = [seen_and_foreseen(case, texts) for case, texts in CASES if case == word]
    seen, foreseen = (set[str]().union(*sets) for sets in zip(*pairs, strict=True))
    assert seen == foreseen


def test_bits_are_told_like_coordinates() -> None:
    action = action_of("bv_union", 2, None)
    assert flow_of(action).own == action.outputs[1:]
    assert flow_of(action_of("bv_intersect", 2, None)).own == ()
    assert flow_of(action_of("bv_expand", 1, None)).deciding == {"a0"}


def said(*edits: tuple[str, str]) -> list[str]:
    """What is said of absence in the sound program after replacements."""
    text = SOUND["sparse"].read_text()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    messages = [finding.message for finding in verify(parse(text), machine_of("sparse"))]
    return [message for message in messages if message.startswith("net ")]


COUNTS = """\
  pcu counts {
    context main {
      count k until q
      in q : stream scalar i32 @k
    }
  }
  net ia scalar"""

FILTERS = """\
  pcu filters {
    context main {
      in q : stream scalar i32 @pass
      in p : stream scalar i1 @pass
      out z : stream scalar i32 @pass
      filter q by p -> z
    }
  }
  net ia scalar"""


def also_to(net: str, sink: str) -> tuple[str, str]:
    """The edit that gives a net one more consumer."""
    found = next(line for line in SOUND["sparse"].read_text().splitlines() if f"net {net} " in line)
    return found, f"{found}\n    to {sink} capacity 8"


@pytest.mark.parametrize(
    ("net", "may_carry"),
    [("ia", False), ("ra", False), ("i", False), ("qa", True), ("qb", True), ("s", False)],
)
def test_nobody_else_reads_what_may_be_absent(net: str, may_carry: bool) -> None:
    text = ("  net ia scalar", COUNTS)
    expected = (
        f"net '{net}' may carry 'N' to 'counts.main.q', which cannot read it: "
        "expected a sparse primitive, got counter 'k' until 'q'"
    )
    assert (expected in said(text, also_to(net, "counts.main.q"))) is may_carry


def test_stream_primitives_do_not_read_it_either() -> None:
    assert said(("  net ia scalar", FILTERS), also_to("qb", "filters.main.q")) == [
        "net 'qb' may carry 'N' to 'filters.main.q', which cannot read it: "
        "expected a sparse primitive, got filter"
    ]


FURTHER = """\
  ag further {
    context main {
      in q : stream scalar i32 @pass
      out i : stream scalar i32 @pass
      out r : stream scalar i32 @pass
      lookup q of dense(2) -> i r
    }
  }
  pcu again {
    context main {
      in r : stream scalar i32 @pass
      in i : stream scalar i32 @pass
      out z : stream scalar i32 @pass
      repeat_like r i -> z
    }
  }
  net fi scalar further.main.i {
    to again.main.i capacity 8
  }
  net fr scalar further.main.r {
    to counts.main.q capacity 8
  }
  net z scalar again.main.z {
  }
  net ia scalar"""


Z_COUNTED = (
    "  net z scalar again.main.z {",
    "  net z scalar again.main.z {\n    to counts.main.q capacity 8",
)


def test_absence_goes_on_from_primitive_to_primitive() -> None:
    edits = [("  net ia scalar", COUNTS), ("  net ia scalar", FURTHER)]
    assert "'fr' may carry" not in "".join(said(*edits, also_to("ra", "further.main.q")))
    through = said(*edits, also_to("qa", "further.main.q"))
    assert any(
        message.startswith("net 'fr' may carry 'N' to 'counts.main.q'") for message in through
    )
    kept = [*edits, ("to counts.main.q", "to again.main.r"), Z_COUNTED]
    assert "net 'z' may carry 'N' to 'counts.main.q'" in "".join(
        said(*kept, also_to("qa", "further.main.q"))
    )
    counted = [
        *edits,
        ("to counts.main.q", "to y0.main.i"),
        also_to("ra", "again.main.r"),
        Z_COUNTED,
    ]
    assert "net 'z' may carry" not in "".join(said(*counted, also_to("qa", "further.main.q")))


def test_circles_come_to_an_end() -> None:
    edits = [("  net ia scalar", FURTHER.replace("counts.main.q", "further.main.q"))]
    assert said(*edits, also_to("qa", "further.main.q")) == ["net 'z' leads nowhere: expected a "
        "consumer, got none"]  # fmt: skip
