"""What the ops of the `sam` dialect compute, on whole streams of tokens.

A primitive's meaning is a function of the op and its operands' values, in order, and returns its
results' values as a tuple: streams as lists of tokens, bound tensors as `Fibertree`s. `run_graph`
computes a graph from them.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from rdu.dialects.sam import graph, primitives
from rdu.dialects.sam.storage import Fibertree, store
from rdu.dialects.sam.streams import BV, level_formats, storage_order
from rdu.mlir_ext import ir
from rdu.mlir_ext.meaning import MEANINGS, semantics
from rdu.semantics.tokens import DONE, EMPTY, Stop, is_payload, nest

Tokens = list[Any]

_FUNCTIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "max": max,
    "min": min,
}


def run_graph(op: Any, lookup: Callable[[ir.Value], Any]) -> np.ndarray[Any, Any]:
    """Compute a `sam.graph`; `lookup` gives the NumPy array of a value from outside."""
    inside: dict[ir.Value, Any] = {}
    written: dict[int, Tokens] = {}
    for operation in op.body.blocks[0].operations:
        values = [inside[v] if v in inside else lookup(v) for v in operation.operands]
        if isinstance(operation, graph.YieldOp):
            return _assemble(op.output.type.shape, written, values[0])
        if isinstance(operation, graph.FiberWriteOp):
            written[operation.level.value] = values[0]
            continue
        results = MEANINGS[operation.OPERATION_NAME](operation, *values)
        inside.update(zip(operation.results, results, strict=True))
    raise ValueError("a graph ends with 'sam.yield'")


@semantics(graph.BindOp)
def bind(op: Any, array: np.ndarray[Any, Any]) -> tuple[Fibertree]:
    """Store the array in the declared format."""
    kind = op.bound.type
    return (store(array, level_formats(kind), storage_order(kind)),)


@semantics(graph.RootOp)
def root(op: Any) -> tuple[Tokens]:
    """Give `0 D`."""
    return ([0, DONE],)


@semantics(graph.FiberWriteOp, graph.YieldOp)
def keep(op: Any, stream: Tokens) -> tuple[Tokens]:
    """Keep a stream of the result for `run_graph` to assemble."""
    return (stream,)


@semantics(graph.GraphOp)
def graph_meaning(op: Any, lookup: Callable[[ir.Value], Any]) -> tuple[np.ndarray[Any, Any]]:
    """Compute the graph's output."""
    return (run_graph(op, lookup),)


@semantics(primitives.FiberLookupOp)
def fiber_lookup(op: Any, tensor: Fibertree, refs: Tokens) -> tuple[Tokens, Tokens]:
    """Replace each reference by the fiber under it; stops rise by one."""
    expand = _expansion(op, tensor)
    pairs: list[Any] = []
    fiber_open = False
    for token in refs:
        if isinstance(token, Stop):
            pairs.append((Stop(token.level + 1), Stop(token.level + 1)))
        elif fiber_open:
            pairs.append((Stop(0), Stop(0)))
        fiber_open = is_payload(token) or token is EMPTY
        if is_payload(token):
            pairs.extend(expand(token))
        elif not isinstance(token, Stop):
            pairs.append((token, token))
    return [crd for crd, _ in pairs], [child for _, child in pairs]


@semantics(primitives.RepeatOp)
def repeat(op: Any, refs: Tokens, like: Tokens) -> tuple[Tokens]:
    """Repeat the reference of each fiber of `like`."""
    upcoming = iter(refs)
    held = next(upcoming)
    repeated: Tokens = []
    for token in like:
        repeated.append(held if is_payload(token) or token is EMPTY else token)
        if isinstance(token, Stop):
            # A reference's fiber ends; a higher stop ends the reference's own fiber as well, and a
            # held stop means that this fiber had no reference at all.
            if token.level and not isinstance(held, Stop):
                held = next(upcoming)
            if token.level and held != Stop(token.level - 1):
                raise ValueError(f"streams do not align: '{token}' meets '{held}'")
            held = next(upcoming)
    return (repeated,)


@semantics(primitives.IntersectOp)
def intersect(
    op: Any, crd_a: Tokens, ref_a: Tokens, crd_b: Tokens, ref_b: Tokens
) -> tuple[Tokens, Tokens, Tokens]:
    """Merge two coordinate streams, keeping what both have."""
    a = b = 0
    out: list[tuple[Any, Any, Any]] = []
    while crd_a[a] is not DONE or crd_b[b] is not DONE:
        left, right = crd_a[a], crd_b[b]
        absent = left is EMPTY or right is EMPTY
        take_a = absent or _order(left) <= _order(right)
        take_b = absent or _order(right) <= _order(left)
        if absent:
            out.append((EMPTY, EMPTY, EMPTY))
        elif take_a and take_b:
            if left != right:
                raise ValueError(f"streams do not align: '{left}' meets '{right}'")
            out.append((left, ref_a[a], ref_b[b]))
        a, b = a + take_a, b + take_b
    out.append((DONE, DONE, DONE))
    crds, refs_a, refs_b = (list(column) for column in zip(*out, strict=True))
    return crds, refs_a, refs_b


@semantics(primitives.ArrayOp)
def array(op: Any, tensor: Fibertree, refs: Tokens) -> tuple[Tokens]:
    """Load the values at references."""
    zero = type(tensor.values[0])(0) if tensor.values else 0
    return ([_load(tensor, token, zero) for token in refs],)


@semantics(primitives.AluOp)
def alu(op: Any, lhs: Tokens, rhs: Tokens) -> tuple[Tokens]:
    """Combine values token by token."""
    function = _FUNCTIONS[op.function.value]
    pairs = zip(lhs, rhs, strict=True)
    return ([function(x, y) if is_payload(x) else x for x, y in pairs],)


@semantics(primitives.ReduceOp)
def reduce(op: Any, values: Tokens) -> tuple[Tokens]:
    """Reduce each innermost fiber to a value; an empty one gives the identity."""
    function = _FUNCTIONS[op.function.value]
    reduced: Tokens = []
    fiber: Tokens = []
    for token in values:
        if is_payload(token):
            fiber.append(token)
            continue
        if isinstance(token, Stop):
            reduced.append(_fold(function, fiber, op.function.value, values))
            fiber = []
        if token is DONE:
            reduced.append(DONE)
        elif isinstance(token, Stop) and token.level:
            reduced.append(Stop(token.level - 1))
    return (reduced,)


def _expansion(op: Any, tensor: Fibertree) -> Callable[[Any], list[Any]]:
    number: int = op.level.value
    level = tensor.levels[number]
    return level.bits if op.crd.type.kind.value == BV else level.fiber


def _fold(function: Callable[[Any, Any], Any], fiber: Tokens, name: str, stream: Tokens) -> Any:
    if not fiber:
        zero = next((type(token)(0) for token in stream if is_payload(token)), 0)
        return zero if name == "add" else {"max": -np.inf, "min": np.inf}[name]
    total = fiber[0]
    for value in fiber[1:]:
        total = function(total, value)
    return total


def _order(token: Any) -> float:
    """Order tokens for a merge: coordinates by value, stops and the end after all of them."""
    return token if is_payload(token) else float("inf")


def _load(tensor: Fibertree, token: Any, zero: Any) -> Any:
    if token is EMPTY:
        return zero
    return tensor.values[token] if is_payload(token) else token


def _assemble(
    shape: list[int], written: Mapping[int, Tokens], values: Tokens
) -> np.ndarray[Any, Any]:
    """Scatter a result's values to its coordinates; the rest is zero."""
    rank = len(shape)
    payloads = [token for token in values if is_payload(token)]
    output = np.zeros(shape, dtype=np.result_type(*payloads) if payloads else np.float32)
    if rank == 0:
        output[()] = payloads[0]
        return output
    _scatter(output, [nest(written[n], n + 1) for n in range(rank)], nest(values, rank))
    return output


def _scatter(output: np.ndarray[Any, Any], crds: list[Any], values: Any) -> None:
    for position, crd in enumerate(crds[0]):
        if len(crds) == 1:
            output[crd] = values[position]
        else:
            _scatter(output[crd], [level[position] for level in crds[1:]], values[position])
