"""The kinds of nodes: ports, parameters, and the op of the `sam` dialect that each stands for.

Kinds and ports are called as the ops and their fields, so that a graph becomes ops by this table
alone. Two kinds have no op: `broadcast`, which costs nothing in the dialect, and `repeat_signal`,
of which only the stream that it is made from matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CRD, REF, VAL, SIGNAL = "crd", "ref", "val", "repsig"
"""What a stream may carry; a repeat signal is SAM's, and stands for the stream it is made from."""

STREAMS = (CRD, REF, VAL)
"""The kinds of streams that the dialect has, too."""


@dataclass(frozen=True, slots=True)
class Input:
    """A port that takes streams of some kinds: one, or any number, or none if it is optional.

    One that is `implied` is missing in files: it follows from the rest of the graph. One that is
    `foreign` is in files only, and is gone once a graph is simplified.
    """

    kinds: tuple[str, ...]
    many: bool = False
    optional: bool = False
    implied: bool = False
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """A port that sends streams of a kind, or of the kind of the streams at an input.

    Where it is `many`, there is a stream for each of that input, or for each branch of a fork. One
    that `passes` an input on is in files only: it is the stream at that input.
    """

    kind: str = ""
    like: str = ""
    many: bool = False
    optional: bool = False
    passes: str = ""


@dataclass(frozen=True, slots=True)
class Primitive:
    """A kind of node.

    Attributes:
        inputs: its input ports, in the order of the op's operands.
        outputs: its output ports, in the order of the op's results.
        tensor: whether it reads a tensor, which is the op's first operand.
        attributes: the parameters that are attributes of the op.
        op: whether the dialect has an op of this name.
    """

    inputs: Mapping[str, Input] = field(default_factory=dict[str, Input])
    outputs: Mapping[str, Output] = field(default_factory=dict[str, Output])
    tensor: bool = False
    attributes: tuple[str, ...] = ()
    op: bool = True


_CRD, _REF, _VAL = Input((CRD,)), Input((REF,)), Input((VAL,))
_ANY = Input(STREAMS)
_PAYLOADS = Input((REF, VAL), many=True)
_SOME_CRD = Input((CRD,), optional=True)
_JOIN = Primitive(
    {"crds": Input((CRD,), many=True), "payloads": _PAYLOADS},
    {"crd": Output(CRD), "out": Output(like="payloads", many=True)},
)

PRIMITIVES: Mapping[str, Primitive] = {
    "root": Primitive({}, {"ref": Output(REF)}),
    "fiber_lookup": Primitive(
        {"ref": _REF}, {"crd": Output(CRD), "child": Output(REF)}, True, ("level",)
    ),
    "locate": Primitive(
        {"crd": _CRD, "fibers": _REF, "beside": Input((REF,), optional=True, foreign=True)},
        {
            "ref": Output(REF),
            "crd_through": Output(CRD, passes="crd"),
            "beside_through": Output(REF, passes="beside"),
        },
        tensor=True,
        attributes=("level",),
    ),
    "repeat": Primitive(
        {"ref": Input((REF, VAL)), "like": Input((*STREAMS, SIGNAL))},
        {"repeated": Output(like="ref")},
    ),
    "hold": Primitive(
        {"outer": _CRD, "inner": _CRD},
        {"held": Output(CRD), "through": Output(CRD, passes="inner")},
    ),
    "intersect": _JOIN,
    "union": _JOIN,
    "array": Primitive({"ref": _REF}, {"values": Output(VAL)}, tensor=True),
    "alu": Primitive({"lhs": _VAL, "rhs": _VAL}, {"values": Output(VAL)}, attributes=("function",)),
    "unary": Primitive(
        {"operand": _VAL}, {"values": Output(VAL)}, attributes=("function", "constant")
    ),
    "reduce": Primitive(
        {"values": _VAL, "outer": Input(STREAMS, implied=True)},
        {"reduced": Output(VAL)},
        attributes=("function",),
    ),
    "accumulate": Primitive(
        {
            "reduced": Input((CRD, REF), implied=True),
            "crd_a": _CRD,
            "crd_b": _SOME_CRD,
            "crd_c": _SOME_CRD,
            "values": _VAL,
            "outers": Input((CRD,), many=True, optional=True, foreign=True),
        },
        {
            "out_a": Output(CRD),
            "out_b": Output(CRD, like="crd_b", optional=True),
            "out_c": Output(CRD, like="crd_c", optional=True),
            "total": Output(VAL),
            "through": Output(CRD, many=True, passes="outers"),
        },
        attributes=("function",),
    ),
    "crd_drop": Primitive(
        {"outer": _CRD, "inner": _ANY},
        {"outer_out": Output(CRD), "inner_out": Output(like="inner")},
    ),
    "val_drop": Primitive(
        {"crd": _CRD, "values": _VAL}, {"crd_out": Output(CRD), "values_out": Output(VAL)}
    ),
    "fork": Primitive(
        {"operand": _ANY}, {"branches": Output(like="operand", many=True)}, attributes=("chunk",)
    ),
    "join": Primitive(
        {"like": Input(STREAMS, implied=True), "branches": Input(STREAMS, many=True)},
        {"joined": Output(like="branches")},
        attributes=("chunk",),
    ),
    "fiber_write": Primitive({"crd": _CRD}, attributes=("level",)),
    "yield": Primitive({"values": _VAL}),
    "broadcast": Primitive(
        {"operand": Input((*STREAMS, SIGNAL))},
        {"copies": Output(like="operand", many=True, passes="operand")},
        op=False,
    ),
    "repeat_signal": Primitive({"like": _ANY}, {"signal": Output(SIGNAL, passes="like")}, op=False),
}
"""Every kind of node, by name."""

SINKS = ("fiber_write", "yield")
"""The kinds that write the result."""
