"""Hypothesis strategies for programs that text can say, whether or not they mean anything."""

import math
from typing import Any, get_args

import hypothesis.strategies as st

from rdu.configuration.constants import to_f32
from rdu.configuration.cursor import RESERVED
from rdu.configuration.model import (
    Affine,
    Comparison,
    Compute,
    Context,
    Counter,
    Drive,
    DType,
    Edge,
    Endpoint,
    Formal,
    Holds,
    Load,
    Memory,
    Net,
    Operation,
    Port,
    Program,
    Read,
    Relation,
    Route,
    Run,
    Section,
    Sink,
    Source,
    Sparse,
    Storage,
    Store,
    Tensor,
    TokenKind,
    Unit,
    Update,
    Write,
)
from rdu.configuration.primitives import FORMS
from rdu.configuration.sparse import FORMS as SPARSE_FORMS
from rdu.configuration.sparse import STORAGES

KEYWORDS = [
    *("in", "out", "count", "write", "to", "via", "reduce", "context", "inf1", "f32"),
    *("until", "when", "else", "first", "last", "not", "by", "source", "back", "merge", "forever"),
    *("stream", "discard", "dynamic", "vc", "skew", "update", "systolic"),
    *("of", "with", "root", "_", *SPARSE_FORMS, *STORAGES),
]
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
DTYPES = st.sampled_from(get_args(DType))
KINDS = st.sampled_from(get_args(TokenKind))
NATURALS = st.one_of(st.integers(0, 9), st.integers(0, 10**18 - 1))
INTEGERS = st.one_of(st.integers(-9, 9), st.integers(1 - 10**18, 10**18 - 1))
COORDINATES = st.integers(-1, 20)
PLACES = st.tuples(COORDINATES, COORDINATES)
SHAPES = st.lists(NATURALS, max_size=3).map(tuple)
STRINGS = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\n\r"), max_size=9
)
FLOATS = st.floats(width=32).map(lambda value: math.nan if math.isnan(value) else value)
CONSTANTS = st.one_of(INTEGERS, FLOATS.map(to_f32), st.booleans())
OPERANDS = st.one_of(NAMES, CONSTANTS)


def several(strategy: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=most).map(tuple)


def reductions() -> st.SearchStrategy[Operation]:
    operands = several(OPERANDS)
    return st.builds(Operation, NAMES, PATHS, operands, NAMES, st.none() | OPERANDS)


COMBINERS = ("reduce", "systolic")
OPERATIONS = st.one_of(
    st.builds(
        Operation, NAMES, PATHS.filter(lambda name: name not in COMBINERS), several(OPERANDS)
    ),
    reductions(),
)


@st.composite
def affines(draw: st.DrawFn, chain: list[str]) -> Affine:
    used = draw(st.sets(st.sampled_from(chain))) if chain else set[str]()
    coefficients = INTEGERS.filter(bool)
    terms = tuple((name, draw(coefficients)) for name in chain if name in used)
    return Affine(draw(INTEGERS), terms)


SUBJECTS = NAMES.filter(lambda name: name != "else")


def conditions(terms: list[str]) -> st.SearchStrategy[Any]:
    relations = st.sampled_from(get_args(Relation))
    return st.one_of(
        st.builds(Edge, st.sampled_from(["first", "last"]), SUBJECTS),
        st.builds(Holds, NAMES),
        st.builds(Holds, SUBJECTS, st.just(True)),
        st.builds(Comparison, affines(terms), relations, affines(terms)),
    )


@st.composite
def ports(draw: st.DrawFn, name: str, terms: list[str], *, is_input: bool) -> Port:
    kind = draw(KINDS)
    dtype = None if kind == "control" else draw(DTYPES)
    stream = kind != "control" and draw(st.booleans())
    when = draw(st.none() | conditions(terms))
    default = draw(st.none() | CONSTANTS) if is_input and when is not None else None
    return Port(name, kind, dtype, draw(LEVELS), stream, when, default)


@st.composite
def routes(draw: st.DrawFn) -> Route:
    primitive = draw(st.sampled_from(list(FORMS)))
    form = FORMS[primitive]
    further = NAMES.filter(lambda name: name != "by")
    inputs = (draw(NAMES), *(draw(several(further)) if form.several_inputs else ()))
    outputs = (draw(NAMES), *(draw(several(NAMES)) if form.several_outputs else ()))
    by = draw(NAMES) if form.by else None
    return Route(primitive, inputs, outputs, by, draw(st.none() | NAMES) if form.source else None)


def is_further(operand: Any) -> bool:
    """Whether an operand can stand behind another: no word that ends a list of them."""
    return operand not in ("of", "with")


@st.composite
def primitives(draw: st.DrawFn) -> Sparse:
    word = draw(st.sampled_from(list(SPARSE_FORMS)))
    computes = SPARSE_FORMS[word].function is not None
    operands = OPERANDS if computes else NAMES
    inputs = (draw(operands), *draw(several(operands.filter(is_further))))
    outputs = (draw(NAMES), *draw(several(NAMES))) if draw(st.booleans()) else ()
    return Sparse(
        word,
        inputs,
        outputs,
        draw(PATHS) if computes else None,
        draw(st.none() | STORED),
        draw(several(st.tuples(NAMES, INTEGERS))),
    )


STORED = st.builds(
    Storage, NAMES, st.lists(st.one_of(PATHS, NATURALS), min_size=1, max_size=3).map(tuple)
)


@st.composite
def actions(draw: st.DrawFn, terms: list[str]) -> Any:
    kind = draw(st.sampled_from([Compute, Read, Write, Update, Load, Store, Route, Sparse]))
    if kind is Route:
        return draw(routes())
    if kind is Sparse:
        return draw(primitives())
    if kind is Compute:
        return Compute(draw(several(OPERATIONS)), draw(several(st.builds(Drive, NAMES, NAMES))))
    if kind in (Load, Store):
        return kind(draw(PATHS), draw(several(affines(terms))), draw(NAMES))
    word = draw(NAMES), draw(affines(terms)), draw(LEVELS)
    if kind is Update:
        return Update(*word, draw(PATHS), draw(NAMES), draw(st.none() | NAMES))
    if kind is Read:
        return Read(*word, draw(NAMES), draw(affines(terms)))
    return Write(*word, draw(NAMES))


BOUNDS = st.one_of(INTEGERS, NAMES)


@st.composite
def counter(draw: st.DrawFn, name: str) -> Counter:
    if draw(st.booleans()):
        return Counter(name, 0, 0, until=draw(NAMES))
    return Counter(name, draw(BOUNDS), draw(BOUNDS), draw(INTEGERS), draw(NATURALS))


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    terms = draw(st.lists(NAMES, max_size=5, unique=True))
    split = draw(st.integers(0, len(terms)))
    return Context(
        draw(NAMES),
        tuple(draw(counter(name)) for name in terms[:split]),
        tuple(draw(ports(name, terms, is_input=True)) for name in terms[split:]),
        tuple(draw(ports(name, terms, is_input=False)) for name in draw(several(NAMES))),
        draw(actions(terms)),
        draw(st.none() | NATURALS),
        draw(st.none() | st.builds(Source, STRINGS, NATURALS)),
    )


@st.composite
def sinks(draw: st.DrawFn) -> Sink:
    to, capacity = draw(ENDPOINTS), draw(st.none() | NATURALS)
    channel = draw(st.none() | NATURALS)
    route = draw(several(PLACES)) if channel is None else ()
    return Sink(to, capacity, draw(NATURALS), route, draw(st.booleans()), channel)


ENDPOINTS = st.builds(Endpoint, NAMES, NAMES, NAMES)
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
            several(st.builds(Memory, NAMES, DTYPES, NATURALS, NATURALS, st.none() | NATURALS), 2),
            several(contexts(), 2),
        ),
        2,
    ),
    several(st.builds(Net, NAMES, KINDS, ENDPOINTS, several(sinks())), 2),
)
ROLES = st.sampled_from(["input", "output", "weight", "temporary"])
MACHINES = st.lists(NAMES, min_size=1, max_size=3).map("-".join)
PROGRAMS = st.builds(
    Program,
    MACHINES,
    st.one_of(st.none(), STRINGS),
    several(st.builds(Tensor, PATHS, DTYPES, SHAPES, ROLES, NAMES)),
    several(SECTIONS, 2),
    several(st.builds(Run, NAMES, st.dictionaries(PATHS, PATHS, max_size=3))),
)
