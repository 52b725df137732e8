"""Hypothesis strategies for programs that text can say, whether or not they mean anything."""

import math
from typing import Any

import hypothesis.strategies as st

from rdu.configuration.constants import to_f32
from rdu.configuration.cursor import RESERVED
from rdu.configuration.model import (
    Affine,
    Compute,
    Context,
    Counter,
    Drive,
    Endpoint,
    Formal,
    Load,
    Memory,
    Net,
    Operation,
    Port,
    Program,
    Read,
    Run,
    Section,
    Sink,
    Source,
    Store,
    Tensor,
    Unit,
    Write,
)

KEYWORDS = ["in", "out", "count", "write", "to", "via", "reduce", "context", "inf1", "f32"]
NAMES = st.one_of(
    st.sampled_from(KEYWORDS),
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True).filter(
        lambda name: name not in RESERVED
    ),
)
PATHS = st.one_of(
    NAMES, st.sampled_from(["init.weight", "layers.0.bias", "net.0.1", "cmpf.olt", "over.x"])
)
LEVELS = st.one_of(st.just("pass"), NAMES)
DTYPES = st.sampled_from(["f32", "i32", "i1"])
NATURALS = st.one_of(st.integers(0, 9), st.integers(0, 10**18 - 1))
INTEGERS = st.one_of(st.integers(-9, 9), st.integers(1 - 10**18, 10**18 - 1))
COORDINATES = st.integers(-1, 20)
PLACES = st.tuples(COORDINATES, COORDINATES)
SHAPES = st.lists(NATURALS, max_size=3).map(tuple)
STRINGS = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\n\r"), max_size=9
)
FLOATS = st.floats(width=32).map(lambda value: math.nan if math.isnan(value) else value)
OPERANDS = st.one_of(NAMES, INTEGERS, FLOATS.map(to_f32), st.booleans())


def several(strategy: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=most).map(tuple)


def reductions() -> st.SearchStrategy[Operation]:
    operands = several(OPERANDS)
    return st.builds(Operation, NAMES, PATHS, operands, NAMES, st.one_of(st.none(), OPERANDS))


OPERATIONS = st.one_of(
    st.builds(Operation, NAMES, PATHS.filter(lambda name: name != "reduce"), several(OPERANDS)),
    reductions(),
)


@st.composite
def affines(draw: st.DrawFn, chain: list[str]) -> Affine:
    used = draw(st.sets(st.sampled_from(chain))) if chain else set[str]()
    coefficients = INTEGERS.filter(bool)
    terms = tuple((name, draw(coefficients)) for name in chain if name in used)
    return Affine(draw(INTEGERS), terms)


@st.composite
def ports(draw: st.DrawFn) -> Port:
    kind = draw(st.sampled_from(["vector", "scalar", "control"]))
    dtype = None if kind == "control" else draw(DTYPES)
    return Port(draw(NAMES), kind, dtype, draw(LEVELS))


@st.composite
def actions(draw: st.DrawFn, chain: list[str]) -> Any:
    kind = draw(st.sampled_from([Compute, Read, Write, Load, Store]))
    if kind is Compute:
        return Compute(draw(several(OPERATIONS)), draw(several(st.builds(Drive, NAMES, NAMES))))
    if kind in (Read, Write):
        return kind(draw(NAMES), draw(affines(chain)), draw(LEVELS), draw(NAMES))
    return kind(draw(PATHS), draw(several(affines(chain))), draw(NAMES))


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    chain = draw(st.lists(NAMES, max_size=3, unique=True))
    counters = tuple(
        Counter(name, draw(INTEGERS), draw(INTEGERS), draw(INTEGERS), draw(NATURALS))
        for name in chain
    )
    source = st.one_of(st.none(), st.builds(Source, STRINGS, NATURALS))
    return Context(
        draw(NAMES),
        counters,
        draw(several(ports())),
        draw(several(ports())),
        draw(actions(chain)),
        draw(NATURALS),
        draw(source),
    )


ENDPOINTS = st.builds(Endpoint, NAMES, NAMES, NAMES)
SINKS = st.builds(Sink, ENDPOINTS, st.one_of(st.none(), NATURALS), NATURALS, several(PLACES))
KINDS = st.sampled_from(["vector", "scalar", "control"])
SECTIONS = st.builds(
    Section,
    NAMES,
    several(st.builds(Formal, PATHS, DTYPES, SHAPES)),
    several(
        st.builds(
            Unit,
            st.sampled_from(["pcu", "pmu", "ag"]),
            NAMES,
            st.one_of(st.none(), PLACES),
            several(st.builds(Memory, NAMES, DTYPES, NATURALS, NATURALS), 2),
            several(contexts(), 2),
        ),
        2,
    ),
    several(st.builds(Net, NAMES, KINDS, ENDPOINTS, several(SINKS)), 2),
)
ROLES = st.sampled_from(["input", "output", "weight", "temporary"])
PROGRAMS = st.builds(
    Program,
    NAMES,
    st.one_of(st.none(), STRINGS),
    several(st.builds(Tensor, PATHS, DTYPES, SHAPES, ROLES, NAMES)),
    several(SECTIONS, 2),
    several(st.builds(Run, NAMES, st.dictionaries(PATHS, PATHS, max_size=3))),
)
