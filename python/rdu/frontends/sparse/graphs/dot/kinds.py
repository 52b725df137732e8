"""What the types of nodes in SAM's graph files mean: one table, for reading and for writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rdu.frontends.sparse.graphs.graph import Parameter
from rdu.semantics.sparse.functions import UNARY

SIDE = "@side"
"""Of a joiner: the port has a stream for each tensor, which the edge names (`in-B`, `out-B`)."""

VARIABLE = "@variable"
"""The port is that of the index variable that the edge names (`outer-i`)."""

OPERAND = "@operand"
"""The ports are taken in order, or as the edge says (`lhs`)."""

ANY = "*"
"""Of a condition: the attribute is there, whatever its value."""

VALUES = ("vals", "val")
"""What stands for the values in place of an inner variable."""

Ends = Mapping[str, str]
"""For each type of edge the port where it ends or begins, or how one is chosen."""


@dataclass(frozen=True, slots=True)
class DotKind:
    """A type of node.

    Attributes:
        type: its name in files.
        kind: the kind of primitive.
        title: how its label begins.
        takes: where edges end.
        gives: where edges begin.
        reads: attributes that are parameters.
        when: attributes that have to have one of some values, for one type with several meanings;
            an empty value is that of an attribute that is not there.
        fixed: parameters that the type implies.
        operands: how many values it takes, if that decides.
        writes: attributes that are written, besides those of the parameters.
    """

    type: str
    kind: str
    title: str
    takes: Ends
    gives: Ends = field(default_factory=dict[str, str])
    reads: tuple[str, ...] = ()
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    fixed: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])
    operands: int | None = None
    writes: Mapping[str, str] = field(default_factory=dict[str, str])


PARAMETERS: Mapping[str, tuple[str, type[str] | type[int] | type[float]]] = {
    "tensor": ("tensor", str),
    "mode": ("mode", int),
    "format": ("format", str),
    "rb_const": ("constant", float),
    "const0": ("constant", float),
    "in2": ("constant", float),
}
"""The attributes that are parameters: their names there, and what they are."""


def _binary(type: str, function: str, title: str, sub: str = "") -> DotKind:
    when = {"sub": ("", "0") if sub == "0" else (sub,)} if sub else {}
    return DotKind(
        type,
        "alu",
        title,
        {"val": OPERAND},
        {"val": "values"},
        when=when,
        fixed={"function": function},
        operands=2,
        writes={"sub": sub} if sub else {},
    )


_CONSTANTS = ("rb_const", "const0", "in2")
"""The attributes that are an operand of a function; files are written with the first."""


def _unary(type: str, function: str, title: str, constant: str = "") -> DotKind:
    return DotKind(
        type,
        "unary",
        title,
        {"val": OPERAND},
        {"val": "values"},
        reads=(constant,) if constant else (),
        when={constant: (ANY,)} if constant else {},
        fixed={"function": function},
        operands=1,
    )


def _arithmetic(prefix: str) -> list[DotKind]:
    """Return the arithmetic of integers, or with the prefix `fp_` of floats: here they are one."""
    functions = ("mul", "add", "div", "max")
    return [
        *(_unary(f"{prefix}{f}", f, f.title(), c) for c in _CONSTANTS for f in functions),
        _binary(f"{prefix}mul", "mul", "Mul"),
        _binary(f"{prefix}add", "sub", "Add subtract", "1"),
        _binary(f"{prefix}add", "add", "Add", "0"),
        *(_binary(f"{prefix}{f}", f, f.title()) for f in ("sub", "div", "max")),
        _unary(f"{prefix}max", "relu", "Max 0"),
    ]


_COPIES = ("crd", "ref", "val", "repsig")
_JOIN: tuple[Ends, Ends] = (
    {"crd": SIDE, "ref": SIDE, "val": SIDE},
    {"crd": "crd", "ref": SIDE, "val": SIDE},
)
_ACCUMULATE: tuple[Ends, Ends] = (
    {"crd": VARIABLE, "val": "values"},
    {"crd": VARIABLE, "val": "total"},
)
_VAL_DROP: tuple[Ends, Ends] = (
    {"crd": "crd", "val": "values"},
    {"crd": "crd_out", "val": "values_out"},
)
_SUM: Mapping[str, Parameter] = {"function": "add"}

KINDS: tuple[DotKind, ...] = (
    DotKind(
        "fiberlookup",
        "fiber_lookup",
        "FiberLookup",
        {"ref": "ref"},
        {"crd": "crd", "ref": "child"},
        reads=("tensor", "mode", "format"),
        writes={"src": "true"},
    ),
    DotKind(
        "repeat",
        "repeat",
        "Repeat",
        {"ref": "ref", "val": "ref", "repsig": "like"},
        {"ref": "repeated", "val": "repeated"},
    ),
    DotKind(
        "repsiggen",
        "repeat_signal",
        "RepeatSignalGenerator",
        {"crd": "like", "ref": "like", "val": "like"},
        {"repsig": "signal"},
    ),
    DotKind("intersect", "intersect", "intersect", *_JOIN),
    DotKind("union", "union", "union", *_JOIN),
    DotKind(
        "locator",
        "locate",
        "Locator",
        {"crd": "crd", "ref": "fibers"},
        {"ref": "ref"},
        reads=("tensor", "mode", "format"),
    ),
    DotKind("arrayvals", "array", "Array Vals", {"ref": "ref"}, {"val": "values"}, ("tensor",)),
    *_arithmetic(""),
    *_arithmetic("fp_"),
    *(_unary("smax", "max", "Max", c) for c in _CONSTANTS),
    _binary("smax", "max", "Max"),
    _unary("smax", "relu", "Max 0"),
    *(_unary(function, function, function.title()) for function in UNARY),
    _unary("fp_exp", "exp", "Exp"),
    DotKind("reduce", "reduce", "Reduce", {"val": "values"}, {"val": "reduced"}, fixed=_SUM),
    DotKind("crdhold", "hold", "CrdHold", {"crd": VARIABLE}, {"crd": VARIABLE}),
    DotKind(
        "crddrop",
        "val_drop",
        "CrdDrop",
        *_VAL_DROP,
        when={"inner": VALUES},
        writes={"vals": "true"},
    ),
    DotKind("valdrop", "val_drop", "ValDropper", *_VAL_DROP),
    DotKind(
        "crddrop",
        "crd_drop",
        "CrdDrop",
        {"crd": VARIABLE, "ref": "inner", "val": "inner"},
        {"crd": VARIABLE, "ref": "inner_out", "val": "inner_out"},
    ),
    DotKind("spaccumulator", "accumulate", "SparseAccumulator", *_ACCUMULATE, fixed=_SUM),
    DotKind("vectorreducer", "accumulate", "VectorReducer", *_ACCUMULATE, fixed=_SUM),
    DotKind(
        "fiberwrite",
        "yield",
        "FiberWrite Vals",
        {"val": "values"},
        reads=("tensor",),
        when={"mode": ("vals",)},
        writes={"mode": "vals", "sink": "true"},
    ),
    DotKind(
        "fiberwrite",
        "fiber_write",
        "FiberWrite",
        {"crd": "crd"},
        reads=("tensor", "mode"),
        writes={"format": "compressed", "sink": "true"},
    ),
    DotKind(
        "broadcast",
        "broadcast",
        "",
        dict.fromkeys(_COPIES, "operand"),
        dict.fromkeys(_COPIES, "copies"),
    ),
)
"""All types. Of several of one name the first that fits is meant, the first of a kind written."""

TYPES: Mapping[str, tuple[DotKind, ...]] = {
    name: tuple(kind for kind in KINDS if kind.type == name)
    for name in dict.fromkeys(kind.type for kind in KINDS)
}
"""The kinds of each type of node."""
