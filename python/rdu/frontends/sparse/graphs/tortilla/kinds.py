"""What the operators of `tortilla` mean: one table, for reading and for writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rdu.frontends.sparse.graphs.graph import Parameter
from rdu.frontends.sparse.graphs.tortilla.schema import MESSAGES, OPERATORS, STREAM_KINDS, Field

LEVEL = "@level"
"""The port is that of a level of an accumulator: which one, its order and the place decide."""

Ends = Mapping[str, str]
"""The port of each stream, by the path of fields that leads to it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An operator.

    Attributes:
        operator: the field of `Operation` that is there.
        kind: the kind of primitive.
        takes: the streams it reads.
        gives: the streams it sends.
        reads: the parameter in each field.
        when: words of enums that decide between rules of one operator, by path.
        fixed: parameters that the operator implies.
        operands: how many streams it reads, if that decides.
    """

    operator: str
    kind: str
    takes: Ends = field(default_factory=dict[str, str])
    gives: Ends = field(default_factory=dict[str, str])
    reads: Mapping[str, str] = field(default_factory=dict[str, str])
    when: Mapping[str, str] = field(default_factory=dict[str, str])
    fixed: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])
    operands: int | None = None


def _joiner(word: str, kind: str) -> Rule:
    payload = {"ref_stream": "payloads", "val_stream": "payloads"}
    takes = {f"input_pairs.in_ref.{stream}": port for stream, port in payload.items()}
    gives = {f"output_refs.{stream}": "out" for stream in payload}
    return Rule(
        "joiner",
        kind,
        {"input_pairs.crd": "crds", **takes},
        {"output_crd": "crd", **gives},
        when={"join_type": word},
    )


def _alu(word: str, function: str, operands: int, *, constant: bool = False) -> Rule:
    kind = "alu" if operands == 2 else "unary"
    return Rule(
        "alu",
        kind,
        {"vals.inputs": LEVEL if operands == 2 else "operand"},
        {"vals.output": "values"},
        {"scalar": "constant"} if constant else {},
        {"stages.op": word},
        {"function": function},
        operands,
    )


def _reduce(word: str, function: str) -> Rule:
    return Rule(
        "reduce",
        "reduce",
        {"input_val": "values"},
        {"output_val": "reduced"},
        when={"reduce_type": word},
        fixed={"function": function},
    )


def _bundles(inside: str, port: str) -> Ends:
    return {f"{kind}.{inside}": port for kind in STREAM_KINDS.values()}


_PAIR = {"input_outer_crd": "outer", "input_inner_crd": "inner"}

RULES: tuple[Rule, ...] = (
    Rule("root", "root", {}, {"output_ref": "ref"}),
    _joiner("INTERSECT", "intersect"),
    _joiner("UNION", "union"),
    Rule(
        "fiber_lookup",
        "fiber_lookup",
        {"input_ref": "ref"},
        {"output_ref": "child", "output_crd": "crd"},
        {"tensor": "tensor", "mode": "mode", "format": "format"},
    ),
    Rule(
        "fiber_write",
        "fiber_write",
        {"input_crd": "crd"},
        reads={"tensor": "tensor", "mode_val": "mode"},
    ),
    Rule(
        "repeat",
        "repeat",
        {"in_ref": "ref", "in_val": "ref", "rep_ref": "like", "rep_val": "like"},
        {"out_ref": "repeated", "out_val": "repeated"},
    ),
    Rule("repeatsig", "repeat_signal", {"input_crd": "like"}, {"output_rep_sig": "signal"}),
    _alu("ADD", "add", 2),
    _alu("SUB", "sub", 2),
    _alu("MUL", "mul", 2),
    _alu("ELEMMUL", "mul", 2),
    _alu("DIV", "div", 2),
    _alu("EXP", "exp", 1),
    _alu("RSQRT", "rsqrt", 1),
    _alu("SIGMOID", "sigmoid", 1),
    _alu("MAX", "max", 1, constant=True),
    _alu("SCALARADD", "add", 1, constant=True),
    _alu("SCALARMUL", "mul", 1, constant=True),
    _alu("SCALARDIV", "div", 1, constant=True),
    _reduce("ADD", "add"),
    _reduce("MAX", "max"),
    Rule("coord_hold", "hold", _PAIR, {"output_outer_crd": "held", "output_inner_crd": "through"}),
    Rule(
        "coord_drop",
        "crd_drop",
        _PAIR,
        {"output_outer_crd": "outer_out", "output_inner_crd": "inner_out"},
    ),
    Rule("array", "array", {"input_ref": "ref"}, {"output_val": "values"}, {"tensor": "tensor"}),
    Rule(
        "spacc",
        "accumulate",
        {"input_inner_crd": LEVEL, "input_outer_crds": LEVEL, "input_val": "values"},
        {"output_inner_crd": LEVEL, "output_outer_crds": LEVEL, "output_val": "total"},
        fixed={"function": "add"},
    ),
    Rule("val_write", "yield", {"input_val": "values"}, reads={"tensor": "tensor"}),
    Rule("func", "unary", {"input_val": "operand"}, {"output_val": "values"}, {"name": "function"}),
    Rule("broadcast", "broadcast", _bundles("input", "operand"), _bundles("outputs", "copies")),
    Rule(
        "fork",
        "fork",
        _bundles("input", "operand"),
        _bundles("outputs", "branches"),
        fixed={"chunk": 1},
    ),
    Rule(
        "join",
        "join",
        _bundles("inputs", "branches"),
        _bundles("output", "joined"),
        fixed={"chunk": 1},
    ),
    Rule(
        "locate",
        "locate",
        {"input_crd": "crd", "input_ref": "beside"},
        {"output_ref1": "ref", "output_ref2": "beside_through", "output_crd": "crd_through"},
    ),
)
"""All operators that have a meaning. Of several that fit, the first is meant, and written."""

REFUSED: Mapping[str, str] = {
    "coord_mask": "has no predicate in the file",
    "gen_ref": "numbers coordinates by streams that the file calls values",
    "concat": "has fields that are not public",
}
"""Operators without a meaning here, and why."""


def declaration_of(operator: str, path: str) -> list[Field]:
    """Return the fields along a path of an operator's message."""
    type, found = OPERATORS[operator].type, list[Field]()
    for name in path.split("."):
        found.append(MESSAGES[type][name])
        type = found[-1].type
    return found


def level_port(path: str, position: int, order: int, sides: tuple[str, str]) -> str:
    """Return the port of a coordinate stream of an accumulator of an order.

    The innermost level stands alone, the others from the inside out, the reduced one last. Returns
    the second of `sides` for the reduced level, and the first with a letter for others.
    """
    depth = 0 if path.endswith("inner_crd") else position + 1
    return f"{sides[0]}_{'abc'[order - 1 - depth]}" if depth < order <= 3 else sides[1]


def level_path(port: str, order: int) -> tuple[str, int]:
    """Return the end of the path, and the place, of a level of an accumulator; the inverse."""
    depth = order - 1 - "abc".index(port[-1]) if port[-2] == "_" else order
    return ("inner_crd", 0) if not depth else ("outer_crds", depth - 1)
