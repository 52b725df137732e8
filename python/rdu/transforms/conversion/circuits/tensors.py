"""The tensors around a graph and how it stores them: names, formats, room."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from rdu.dialects import sam
from rdu.dialects.sam.graph import COPY
from rdu.dialects.sam.primitive import element_in, lanes_of
from rdu.dialects.sam.streams import level_formats, storage_order
from rdu.mlir_ext import func, ir
from rdu.mlir_ext.locations import location_names
from rdu.semantics.fibertree import Format
from rdu.support.names import unused
from rdu.transforms.conversion.circuits.bounds import Bounds
from rdu.transforms.conversion.circuits.stored import (
    MOST,
    STORED,
    StoredTensor,
    dense_bound,
)

Report = Callable[..., None]
"""Reports a message of the pass: an op, a key, what the message's placeholders stand for."""


class TensorTable:
    """The tensors of a function.

    Attributes:
        bound: the stored tensor of each value of a `!sam.tensor`.
        sources: what each input is made from: the value that is bound.
        results: the stored tensor of each graph's output.

    Args:
        function: a `func.func`.
        capacity: positions that results have room for at each level and values; empty for all.
        report: called with what is wrong.
    """

    def __init__(self, function: Any, capacity: Sequence[int], report: Report) -> None:
        self.bound: dict[ir.Value, StoredTensor] = {}
        self.sources: dict[str, ir.Value] = {}
        self.results: dict[ir.Value, StoredTensor] = {}
        self._report = report
        self._capacity = tuple(capacity)
        self._names = names_of(function)
        self._roles = dict(_entries(function, "arg_attrs", "rdu.role"))
        self._taken = set(self._names.values())
        self._made: dict[tuple[ir.Value, Format], StoredTensor] = {}
        self._returned = list(returned(function))

    def graph(self, graph: Any) -> None:
        """Enter the tensors that a graph binds and stores, and its result."""
        for op in graph.body.blocks[0].operations:
            if isinstance(op, sam.BindOp):
                self._bind(op)
            elif isinstance(op, sam.StoreOp):
                self.bound[op.tensor] = self._stored_on_the_way(op)
        value, kind = graph.output, graph.output.type
        form = written_format(graph)
        role = "output" if value in self._returned else "temporary"
        word = "copied" if COPY in graph.operation.attributes else "kept"
        name = self._names.get(value) or self._unused(word)
        given = self._capacity if role == "output" else ()
        shape, element = tuple(kind.shape), str(kind.element_type)
        room = self._positions(graph, form, shape, given)
        self.results[value] = StoredTensor(name, shape, form, element, role, room, graph.location)

    def narrow(self, graph: Any, bounds: Bounds) -> None:
        """Give a graph's result no more room than its streams may take, where nothing is said."""
        result = self.results[graph.output]
        if STORED in graph.operation.attributes or (self._capacity and result.role == "output"):
            return
        room: list[int] = []
        extents, writers = result.form.extents(result.shape), graph.writers
        for level, most in enumerate(result.positions):
            if result.form.levels[level].kind == "compressed":
                room.append(min(most, bounds[writers[level].crd].tokens))
            else:
                room.append(extents[level] * (room[-1] if room else 1))
        self.results[graph.output] = replace(result, positions=tuple(room))

    def _bind(self, op: Any) -> None:
        value, kind = op.tensor, op.bound.type
        form = Format.of(level_formats(kind), storage_order(kind))
        if value in self.results:
            self.bound[op.bound] = self._kept(op, form, self.results[value])
            return
        if (value, form) not in self._made:
            name = self._name(op)
            self.sources[name] = value
            shape, element = tuple(kind.shape.shape), str(kind.shape.element_type)
            argument = isinstance(value.owner, ir.Block)
            role = self._roles.get(value.arg_number, "input") if argument else "weight"
            room = self._positions(op, form, shape, ())
            self._made[value, form] = StoredTensor(
                name, shape, form, element, role, room, op.location
            )
        self.bound[op.bound] = self._made[value, form]

    def _kept(self, op: Any, form: Format, result: StoredTensor) -> StoredTensor:
        """Return an earlier graph's result, which has to be read as it was written.

        A dense last level may be seen as blocks.
        """
        if form == result.form:
            return result
        if _in_blocks(result.form, form):
            *above, last = result.positions
            blocks = last // form.levels[-1].length
            return replace(result, form=form, positions=(*above, blocks, last))
        self._report(op, "kept", have=form, need=result.form)
        room = self._positions(op, form, result.shape, ())
        return replace(result, form=form, positions=room)  # whose levels its readers may ask for

    def _stored_on_the_way(self, op: Any) -> StoredTensor:
        kind = op.tensor.type
        form = Format.of(level_formats(kind), storage_order(kind))
        shape = tuple(kind.shape.shape)
        room = self._positions(op, form, shape, ())
        name = self._unused("kept")
        return StoredTensor(
            name, shape, form, element_in(op.values), "temporary", room, op.location
        )

    def _positions(
        self, op: Any, form: Format, shape: tuple[int, ...], capacity: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return how many positions each level has: as said, else as if all were stored."""
        said = op.operation.attributes.get(STORED)
        given = _numbers(said) if said is not None else capacity
        bound = dense_bound(form, shape)
        if said is not None or given:
            if not _is_sound(given, len(form.levels)):
                self._report(op, "stored", have=said or list(given), need=len(form.levels))
                return bound
            bound = given[:-1]
        if max(bound, default=1) > MOST:
            self._report(op, "room", have=max(bound), need=MOST)
        return bound

    def _name(self, op: Any) -> str:
        """Name a bound tensor after its argument, or the names of its location."""
        made_elsewhere = not isinstance(op.tensor.owner, ir.Block)
        names = [*location_names(op.location), *location_names(op.tensor.location)]
        if op.tensor in self._names:
            name = self._names[op.tensor]
            if all(value != op.tensor for value, _ in self._made):
                return name
        else:
            name = names[0] if names else "constant" if made_elsewhere else "tensor"
        return self._unused(name)

    def _unused(self, name: str) -> str:
        """Return a name that no tensor has yet; a number, as MLIR names values, is not raised."""
        unique = unused(f"_{name}" if name.isdecimal() else name, self._taken)
        self._taken.add(unique)
        return unique


def _in_blocks(form: Format, seen: Format) -> bool:
    """Tell whether a format is one whose last level is dense, seen as blocks."""
    if not form.levels or form.levels[-1].kind != "dense" or seen.levels[-1].kind != "blocked":
        return False
    return Format(seen.levels[:-1], seen.order[:-1]) == form


def written_format(graph: Any) -> Format:
    """Return how a graph stores its result: its levels, and the lanes below a compressed one."""
    order: list[int] = list(graph.written_order)
    levels = ["compressed" if op.dense is None else "dense" for op in graph.writers]
    operations = graph.body.blocks[0].operations
    lanes = lanes_of(operations[len(operations) - 1].values)
    if lanes == 1 or levels[-1] == "dense":
        return Format.of(levels, order)
    return Format.of([*levels, f"blocked:{lanes}"], [*order, order[-1]])


def _numbers(attribute: ir.Attribute) -> tuple[int, ...]:
    """Return the numbers of an array attribute, none if it is another kind."""
    if not isinstance(attribute, ir.DenseI64ArrayAttr):
        return ()
    return tuple(int(number) for number in attribute)


def _is_sound(stored: tuple[int, ...], levels: int) -> bool:
    """Tell whether there are positions for each level and values for those of the last."""
    if len(stored) != levels + 1 or min(stored, default=-1) < 0:
        return False
    return stored[-1] == (stored[-2] if levels else 1)


def names_of(function: Any) -> dict[ir.Value, str]:
    """Name a function's arguments and results: by `rdu.name`, else by location, else by number."""
    names: dict[ir.Value, str] = {}
    given = dict(_entries(function, "arg_attrs", "rdu.name"))
    for number, argument in enumerate(function.regions[0].blocks[0].arguments):
        located = location_names(argument.location)
        names[argument] = given.get(number) or (located[0] if located else f"arg{number}")
    given = dict(_entries(function, "res_attrs", "rdu.name"))
    for number, value in enumerate(returned(function)):
        names.setdefault(value, given.get(number) or f"out{number}")
    return names


def returned(function: Any) -> list[ir.Value]:
    """Return what a function returns."""
    operations = list(function.regions[0].blocks[0].operations)
    return [v for op in operations if isinstance(op, func.ReturnOp) for v in op.operands]


def _entries(function: Any, table: str, name: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of a string attribute of arguments or results."""
    for number, entry in enumerate(function.attributes.get(table) or ()):
        if name in entry and isinstance(entry[name], ir.StringAttr):
            yield number, entry[name].value
