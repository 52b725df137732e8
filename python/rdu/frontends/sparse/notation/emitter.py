"""Writing a module: a function, and one `linalg.generic` for each part of a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rdu.frontends.sparse.elements import Element
from rdu.frontends.sparse.notation.formats import tensor_type
from rdu.frontends.sparse.notation.parts import Part
from rdu.frontends.sparse.notation.scalars import CHAINS, COMBINERS, Scalars, read_number
from rdu.frontends.sparse.notation.shapes import Shape
from rdu.frontends.sparse.notation.syntax import Access, Call, Chain, Expression, Number
from rdu.mlir_ext import func, ir, linalg
from rdu.semantics.fibertree import Format
from rdu.semantics.reduction import REDUCTIONS
from rdu.support.diagnostics import SourceLocation


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a module says.

    Attributes:
        inputs: the function's arguments.
        places: where each of them first appears.
        parts: in the order in which they are computed.
        shapes: of every tensor.
        formats: of the tensors that are not stored as arrays.
        orders: the loop order of each statement, None where the user gave none.
        results: what the function gives back.
        element: the type of all elements.
    """

    inputs: tuple[str, ...]
    places: Mapping[str, SourceLocation]
    parts: tuple[Part, ...]
    shapes: Mapping[str, Shape]
    formats: Mapping[str, Format]
    orders: Sequence[tuple[str, ...] | None]
    results: tuple[str, ...]
    element: Element


class Emitter:
    """Writes a plan; needs a current context."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._scalars = Scalars(plan.element)
        self._values: dict[str, ir.Value] = {}

    def module(self) -> ir.OpView:
        """Return the module, not verified."""
        plan, start = self._plan, _location(self._plan.parts[0].place)
        with start:
            module = ir.Module.create()
            inputs = [self._type(name) for name in plan.inputs]
            outputs = [self._type(name) for name in plan.results]
            with ir.InsertionPoint(module.body):
                function = func.FuncOp("main", (inputs, outputs))
            function.attributes["arg_attrs"] = _names(plan.inputs)
            function.attributes["res_attrs"] = _names(plan.results)
            places = [_location(plan.places[name]) for name in plan.inputs]
            block = function.add_entry_block(places)
        self._values = dict(zip(plan.inputs, block.arguments, strict=True))
        with ir.InsertionPoint(block):
            for part in plan.parts:
                with _location(part.place):
                    self._values[part.result.tensor] = self._generic(part)
            with _location(plan.parts[-1].place):
                func.ReturnOp([self._values[name] for name in plan.results])
        return module.operation.opview

    def _type(self, name: str) -> ir.Type:
        plan = self._plan
        return tensor_type(plan.shapes[name], self._scalars.type, plan.formats.get(name))

    def _generic(self, part: Part) -> ir.Value:
        """Write a part; returns the tensor that it computes."""
        kind, accesses = self._type(part.result.tensor), part.accesses
        kept = len(part.result.indices)
        kinds = ["parallel"] * kept + ["reduction"] * (len(part.variables) - kept)
        maps = [_map(access, part.variables) for access in (*accesses, part.result)]
        op = linalg.GenericOp(
            [kind],
            [self._values[access.tensor] for access in accesses],
            [self._initial(part, kind)],
            ir.ArrayAttr.get([ir.AffineMapAttr.get(each) for each in maps]),
            ir.ArrayAttr.get(
                [ir.Attribute.parse(f"#linalg.iterator_type<{each}>") for each in kinds]
            ),
        )
        op.attributes["sam.variables"] = _strings(part.variables)
        order = self._plan.orders[part.statement]
        if order is not None:
            loops = [variable for variable in order if variable in part.variables]
            op.attributes["sam.order"] = _strings(loops)
        element = self._scalars.type
        places = [_location(access.place) for access in (*accesses, part.result)]
        block = op.regions[0].blocks.append(*([element] * len(places)), arg_locs=places)
        with ir.InsertionPoint(block):
            self._body(part, dict(zip(accesses, block.arguments, strict=False)), block)
        return op.operation.results[0]

    def _initial(self, part: Part, kind: Any) -> ir.Value:
        """Write what a part starts from: the combiner's identity, or anything."""
        empty = ir.Operation.create("tensor.empty", results=[kind]).results[0]
        if part.combiner is None:
            return empty
        name = COMBINERS[part.combiner][self._plan.element].partition(".")[2]
        identity = self._scalars.constant(float(REDUCTIONS[name][self._plan.element]))
        return linalg.fill(identity, outs=[empty])

    def _body(self, part: Part, elements: dict[Access, Any], block: ir.Block) -> None:
        value = self._value(part.body, elements)
        if part.combiner is not None:
            carried = block.arguments[len(block.arguments) - 1]
            name = COMBINERS[part.combiner][self._plan.element]
            value = self._scalars.apply(name, carried, value)
        linalg.YieldOp([value])

    def _value(self, expression: Expression, elements: dict[Access, Any]) -> ir.Value:
        """Write what computes an expression without reductions."""
        if isinstance(expression, Access):
            return elements[expression]
        with _location(expression.place):
            if isinstance(expression, Number):
                return self._number(expression)
            if isinstance(expression, Call):
                operands = [self._value(each, elements) for each in expression.operands]
                return self._scalars.call(expression.function, operands)
        if isinstance(expression, Chain):
            return self._chain(expression, elements)
        raise TypeError("a part has no reductions in its body")

    def _number(self, literal: Number) -> ir.Value:
        number = read_number(literal.text, self._plan.element)
        if number is None:
            raise ValueError("a literal that was checked has a value")
        return self._scalars.constant(number)

    def _chain(self, chain: Chain, elements: dict[Access, Any]) -> ir.Value:
        first, *rest = chain.links
        value = self._value(first.operand, elements)
        for link in rest:
            operand = self._value(link.operand, elements)
            with _location(link.place):
                name = CHAINS[chain.operator, link.inverse][self._plan.element]
                value = self._scalars.apply(name, value, operand)
        return value


def _map(access: Access, variables: tuple[str, ...]) -> Any:
    """Return an access as a map from a part's loops; needs a current context."""
    dimensions = [ir.AffineDimExpr.get(variables.index(index)) for index in access.indices]
    return ir.AffineMap.get(len(variables), 0, dimensions)


def _location(place: SourceLocation) -> ir.Location:
    return ir.Location.file(place.file, place.line, place.column)


def _strings(names: Sequence[str]) -> ir.Attribute:
    return ir.ArrayAttr.get([ir.StringAttr.get(name) for name in names])


def _names(names: Sequence[str]) -> ir.Attribute:
    """Return the attributes that name arguments or results, a dictionary each."""
    named = [ir.DictAttr.get({"rdu.name": ir.StringAttr.get(name)}) for name in names]
    return ir.ArrayAttr.get(named)
