"""What the ops of the `sam` dialect compute: streams are lists of tokens, tensors are fiber trees.

The rules of the primitives themselves are in `rdu.semantics.streams`.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rdu.dialects.sam import graph, primitives
from rdu.dialects.sam.streams import BV, level_formats, storage_order
from rdu.mlir_ext.frame import Frame
from rdu.mlir_ext.meaning import semantics
from rdu.semantics import streams
from rdu.semantics.fibertree import Fibertree, store
from rdu.semantics.streams import Tokens
from rdu.semantics.tokens import DONE, is_payload, nest

_FUNCTIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "max": max,
    "min": min,
}
_IDENTITIES: Mapping[str, float] = {"add": 0, "max": -np.inf, "min": np.inf}


@semantics(graph.GraphOp)
def compute_graph(op: Any, frame: Frame) -> np.ndarray[Any, Any]:
    """Run the primitives in order and scatter the values to the coordinates written."""
    written: dict[Any, Tokens] = {}
    (values,) = frame.child(frame.domain, written).run(op.body.blocks[0])
    shape = op.output.type.shape
    payloads = [token for token in values if is_payload(token)]
    output = np.zeros(shape, dtype=np.result_type(*payloads) if payloads else np.float32)
    if not shape:
        output[()] = payloads[0]
        return output
    crds = [nest(written[level], level + 1) for level in range(len(shape))]
    _scatter(output, crds, nest(values, len(shape)))
    return output


@semantics(graph.BindOp)
def bind(op: Any, _frame: Frame, array: np.ndarray[Any, Any]) -> Fibertree:
    """Store the array in the declared format."""
    kind = op.bound.type
    return store(array, level_formats(kind), storage_order(kind))


@semantics(graph.RootOp)
def root(_op: Any, _frame: Frame) -> Tokens:
    """Give `0 D`."""
    return [0, DONE]


@semantics(graph.FiberWriteOp)
def fiber_write(op: Any, frame: Frame, crd: Tokens) -> None:
    """Leave the coordinates for the graph to assemble."""
    frame.carried[op.level.value] = crd


@semantics(graph.YieldOp)
def give(_op: Any, _frame: Frame, values: Tokens) -> tuple[Tokens]:
    """Give the graph's values."""
    return (values,)


@semantics(primitives.FiberLookupOp)
def fiber_lookup(op: Any, _frame: Frame, tensor: Fibertree, refs: Tokens) -> tuple[Tokens, Tokens]:
    """Look up fibers of a level."""
    number: int = op.level.value
    level = tensor.levels[number]
    return streams.lookup(level.bits if op.crd.type.kind.value == BV else level.fiber, refs)


@semantics(primitives.RepeatOp)
def repeat(_op: Any, _frame: Frame, refs: Tokens, like: Tokens) -> Tokens:
    """Repeat references."""
    return streams.repeat(refs, like)


@semantics(primitives.IntersectOp)
def intersect(_op: Any, _frame: Frame, *operands: Tokens) -> tuple[Tokens, Tokens, Tokens]:
    """Intersect coordinates."""
    return streams.intersect(*operands)


@semantics(primitives.ArrayOp)
def array(_op: Any, _frame: Frame, tensor: Fibertree, refs: Tokens) -> Tokens:
    """Load the values at references."""
    return streams.load(tensor.values.__getitem__, tensor.zero, refs)


@semantics(primitives.AluOp)
def alu(op: Any, _frame: Frame, lhs: Tokens, rhs: Tokens) -> Tokens:
    """Combine values."""
    return streams.combine(_FUNCTIONS[op.function.value], lhs, rhs)


@semantics(primitives.ReduceOp)
def reduce(op: Any, _frame: Frame, values: Tokens) -> Tokens:
    """Reduce innermost fibers; the identity has the type of the values."""
    name = op.function.value
    kind: Any = next((token.__class__ for token in values if is_payload(token)), np.float32)
    return streams.reduce(_FUNCTIONS[name], kind(_IDENTITIES[name]), values)


def _scatter(output: np.ndarray[Any, Any], crds: list[Any], values: Any) -> None:
    for position, crd in enumerate(crds[0]):
        if len(crds) == 1:
            output[crd] = values[position]
        else:
            _scatter(output[crd], [level[position] for level in crds[1:]], values[position])
