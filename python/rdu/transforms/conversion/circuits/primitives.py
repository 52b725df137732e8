"""Which primitive of the fabric each op of a graph is, and the units that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from rdu.analysis.sparse.skips import is_told, told
from rdu.codegen.sparse import LANES, Form, form_of
from rdu.dialects import sam
from rdu.dialects.sam import StreamType, TensorType
from rdu.dialects.sam.primitive import depth_of, element_in, kind_of, lanes_of
from rdu.dialects.sam.streams import BV, VAL, level_formats, storage_order
from rdu.mlir_ext import ir
from rdu.semantics.fibertree import Format
from rdu.semantics.sparse import functions
from rdu.transforms.conversion.circuits.circuit import (
    ROOT,
    Circuit,
    Input,
    Job,
    Output,
    Signal,
    flat,
)
from rdu.transforms.conversion.circuits.stored import INDEX, Storage, StoredTensor

WORDS: Mapping[str, str] = {
    "sam.accumulate": "accumulate",
    "sam.alu": "apply",
    "sam.array": "array",
    "sam.as_crd": "as_crd",
    "sam.bv_build": "bv_build",
    "sam.bv_chunk": "bv_chunk",
    "sam.bv_drop": "bv_drop",
    "sam.bv_expand": "bv_expand",
    "sam.bv_intersect": "bv_intersect",
    "sam.bv_union": "bv_union",
    "sam.concat": "concat",
    "sam.crd_drop": "crd_drop",
    "sam.fiber_drop": "fiber_drop",
    "sam.fiber_lookup": "lookup",
    "sam.flatten": "flatten",
    "sam.fold": "fold",
    "sam.fork": "fork",
    "sam.gen_ref": "number",
    "sam.hold": "repeat_like",
    "sam.intersect": "intersect",
    "sam.join": "join",
    "sam.locate": "locate",
    "sam.mask": "mask",
    "sam.reduce": "reduce",
    "sam.sort": "sort",
    "sam.repeat": "repeat_like",
    "sam.select": "apply",
    "sam.split": "split",
    "sam.stop_drop": "stop_drop",
    "sam.store": "scatter",
    "sam.unary": "apply",
    "sam.union": "union",
    "sam.val_drop": "val_drop",
}
"""The word of each op in configurations.

Streams, settings and functions of an op are those of its primitive, in order; only composite
functions take several units.
"""

WRITERS = ("sam.fiber_write", "sam.yield")
OUTSIDE = ("sam.as_value", "sam.bind", "sam.root")
"""Ops that become no unit: another name for a stream, how tensors are stored, and the stream that
is always there."""

Tensors = Callable[[ir.Value], StoredTensor]


class Planner:
    """Plans the units of ops into a circuit.

    Args:
        circuit: the section in the making.
        tensors: gives the stored tensor of a value.
        answers: how many tokens a walk that is told where to go on may send ahead.
    """

    def __init__(self, circuit: Circuit, tensors: Tensors, answers: int) -> None:
        self.circuit = circuit
        self.tensors = tensors
        self.answers = answers
        self.signals: dict[ir.Value, Signal] = {}

    def primitive(self, op: Any) -> None:
        """Plan an op of `WORDS`, or an `OUTSIDE` one."""
        if op.operation.name == "sam.root":
            self.signals[op.ref] = ROOT
        elif op.operation.name == "sam.as_value":
            self.signals[op.values] = self.signals[op.crd]
        elif op.operation.name == "sam.unary":
            self._unary(op)
        elif op.operation.name == "sam.select":
            self._select(op)
        elif op.operation.name in WORDS:
            self._plain(op)

    def writers(self, result: StoredTensor, crds: list[ir.Value], values: ir.Value) -> None:
        """Plan the units that write a result: coordinates of each level, outermost first.

        A dense level has none to write.
        """
        levels: list[Signal] = [ROOT, *(self.signals[crd] for crd in crds)]
        for number, (outer, coordinates) in enumerate(pairwise(levels)):
            storage, name = result.level(number), f"{flat(result.name)}_{number}"
            if not storage.parts:
                continue
            place = crds[number].owner.location
            job = _job("write_fibers", f"write_fibers_{name}", place, storage=storage)
            self.circuit.add(job, [coordinates, outer], [])
        name = f"write_values_{flat(result.name)}"
        lanes = tuple(_lanes([values]))
        place = values.owner.location
        job = _job("write_values", name, place, storage=result.values, settings=lanes)
        self.circuit.add(job, [self.signals[values], levels[-1]], [])

    def _plain(self, op: Any) -> None:
        word = WORDS[op.operation.name]
        if isinstance(op, sam.FiberLookupOp) and is_told(op):
            word = "skip_lookup"
        form = form_of(word)
        assert form is not None, f"'{word}' is declared"
        storage, name = self._storage(op, form)
        job = _job(
            word,
            name,
            op.location,
            function=_function(op, form),
            storage=storage,
            settings=(*_settings(op, form), *_lanes(_computed(op, form))),
        )
        inputs = [self.signals[value] for value in op.operands if _is_stream(value)]
        results = [value for value in op.results if _is_stream(value)]
        sent = self.circuit.add(job, inputs, [_output(value) for value in results])
        self.signals.update(zip(results, sent, strict=True))
        if any(sides := told(op)):
            self._skip(op, sides)

    def _skip(self, op: Any, sides: list[Any | None]) -> None:
        """Plan what tells lookups before an intersection where to go on."""
        crds = [self.signals[crd] for crd in op.crds]
        answers = [Output("skip", INDEX)] * len(crds)
        sent = self.circuit.add(_job("skip", "skip", op.location), crds, answers)
        for lookup, answer in zip(sides, sent, strict=True):
            if lookup is not None:
                self.circuit.feed_back(answer, self.signals[lookup.crd].unit, self.answers)

    def _storage(self, op: Any, form: Form) -> tuple[Storage | None, str]:
        """Return what an op reads or writes, and the name of its unit."""
        word = op.operation.name.removeprefix("sam.")
        if not form.storages or form.in_memory:
            return None, f"{word}_{op.function.value}" if word == "alu" else word
        tensor = self.tensors(tensor_of(op))
        name = f"{word}_{flat(tensor.name)}"
        if "level" not in op.attributes:
            return tensor.values, name
        return tensor.level(op.level.value), f"{name}_{op.level.value}"

    def _unary(self, op: Any) -> None:
        """Plan a function of one value: a unit for each of its steps."""
        element, name = element_in(op.operand), op.function.value
        of = self.signals[op.operand]
        if op.constant is None:
            chain = functions.steps(name, element)
        else:
            constant = functions.typed(op.constant.value, element)
            chain = (functions.Step(functions.operation(name, element), (functions.X, constant)),)
        last = of
        for step in chain:
            named = {functions.X: of, functions.LAST: last}
            inputs: list[Input] = [named[o] if isinstance(o, str) else o for o in step.operands]
            last = self._apply(op, f"unary_{name}", step.operation, inputs)
        self.signals[op.values] = last

    def _select(self, op: Any) -> None:
        """Plan a choice between two streams or numbers."""
        element = element_in(op.values)
        inputs: list[Input] = [self.signals[op.mask]]
        for stream, constant in (
            (op.chosen, op.chosen_constant),
            (op.other, op.other_constant),
        ):
            number = None if constant is None else functions.typed(constant.value, element)
            inputs.append(self.signals[stream] if number is None else number)
        self.signals[op.values] = self._apply(op, "select", functions.SELECT, inputs)

    def _apply(self, op: Any, name: str, function: str, inputs: Sequence[Input]) -> Signal:
        """Plan a unit that computes what an op gives, or a step on the way there."""
        settings = tuple(_lanes([op.values]))
        job = _job("apply", name, op.location, function=function, settings=settings)
        (sent,) = self.circuit.add(job, inputs, [_output(op.values)])
        return sent


def tensor_of(op: Any) -> ir.Value:
    """Return the tensor that an op reads, or stores."""
    return next(v for v in (*op.operands, *op.results) if isinstance(v.type, TensorType))


def bits_of(op: Any) -> int:
    """Return of how many bits the words are that an op takes from a level or a stream, 0 if none.

    Those of a level are as wide as the level.
    """
    if isinstance(op, sam.FiberLookupOp) and op.crd.type.kind.value == BV:
        kind = tensor_of(op).type
        form = Format.of(level_formats(kind), storage_order(kind))
        level: int = op.level.value
        return form.extents(tuple(kind.shape.shape))[level]
    sizes: list[int] = [op.attributes[n].value for n in ("extent", "width") if n in op.attributes]
    return max(sizes, default=0)


def _job(word: str, name: str, location: ir.Location, **rest: Any) -> Job:
    form = form_of(word)
    assert form is not None, f"'{word}' is declared"
    return Job(word, form.unit, name, location, **rest)


def _function(op: Any, form: Form) -> str | None:
    if form.function is None:
        return None
    if form.function == "comparison":
        return op.predicate.value
    if form.function == "order":
        return op.order.value
    return functions.operation(op.function.value, element_in(_values(op)[0]))


def _settings(op: Any, form: Form) -> Iterator[tuple[str, int]]:
    """Yield the primitive's settings: attributes of these names, 0 where one is absent.

    The gap is how much deeper the last stream is than the first.
    """
    for name in form.settings:
        if name == "gap":
            depths = [depth_of(value) for value in op.operands if _is_stream(value)]
            yield name, depths[-1] - depths[0]
        elif name.endswith("*"):
            kind = name.rstrip("*")
            for number, value in enumerate(ir.DenseI64ArrayAttr(op.attributes[f"{kind}s"])):
                yield f"{kind}{number}", value
        else:
            yield name, int(op.attributes[name].value) if name in op.attributes else 0


def _computed(op: Any, form: Form) -> list[ir.Value]:
    """Return the streams whose values a primitive looks into, rather than pass them on."""
    if form.vectors not in ("each", "fold"):
        return []
    return [value for value in (*op.operands, *op.results) if _is_stream(value)]


def _lanes(streams: Sequence[ir.Value]) -> Iterator[tuple[str, int]]:
    """Yield the setting that says how wide the vectors of streams are, if there are any."""
    lanes = max(map(lanes_of, streams), default=1)
    if lanes > 1:
        yield LANES, lanes


def _values(op: Any) -> list[ir.Value]:
    """Return the operands of an op that are values."""
    return [value for value in op.operands if _is_stream(value) and kind_of(value) == VAL]


def _output(value: ir.Value) -> Output:
    kind = kind_of(value)
    return Output(kind, element_in(value) if kind == VAL else INDEX, lanes_of(value))


def _is_stream(value: ir.Value) -> bool:
    return isinstance(value.type, StreamType)
