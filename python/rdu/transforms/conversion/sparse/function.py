"""Converting one function: its structured ops become statements, these a plan, the plan graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from rdu.analysis.sparse.anew import forms_anew
from rdu.analysis.sparse.choice import NoOrderError
from rdu.analysis.sparse.fusion import Decision, Fusion, Planned, Planner, Step
from rdu.analysis.sparse.meeting import UnmergeableError
from rdu.analysis.sparse.statement import Statement
from rdu.analysis.sparse.target import Target
from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import only_block
from rdu.mlir_ext.locations import fused_location
from rdu.semantics.fibertree import Format
from rdu.transforms.conversion.linalg.needed import needed_values
from rdu.transforms.conversion.linalg.structured import read_structured
from rdu.transforms.conversion.sparse.advice import explain, explain_repeating
from rdu.transforms.conversion.sparse.alone import is_alone, problems_of, write_alone
from rdu.transforms.conversion.sparse.copies import is_seen_through, readers
from rdu.transforms.conversion.sparse.densities import densities_of
from rdu.transforms.conversion.sparse.encodings import is_encoded
from rdu.transforms.conversion.sparse.graph import GraphWriter
from rdu.transforms.conversion.sparse.matches import is_matches
from rdu.transforms.conversion.sparse.reading import Reader
from rdu.transforms.conversion.sparse.splats import splat_of
from rdu.transforms.conversion.sparse.tensors import Tensors, is_structured

MADE = ("tensor.empty", "linalg.fill", "arith.constant")
"""Ops that go if nobody reads their results any more."""


class FunctionConverter:
    """Plans the graphs of a function, then writes them.

    Args:
        function: a `func.func` with a body.
        fusion: which statements share a graph.
        density: the share of values that encoded tensors store, if nothing says more.
        anew: whether operands may be bound in formats that they are not stored in.
        target: the machine, as far as costs go.
        refuse: called with a place, a message key and its values for everything not supported.

    Attributes:
        function: the function.
        decisions: about fusion, each with the op that computes and the one that reads.
    """

    def __init__(
        self,
        function: Any,
        fusion: Fusion,
        density: float,
        anew: bool,
        target: Target,
        refuse: Callable[..., None],
    ) -> None:
        numbers = count()
        self.function, self._refuse = function, refuse
        self._tensors = Tensors(density, densities_of(function, refuse), numbers)
        self._planner = Planner(fusion, numbers, anew=anew, target=target)
        self._results: dict[int, ir.Value] = {}
        self._operations = _operations(function)
        self._needed = needed_values(self._operations)
        self._anew = anew
        self._alone = [
            each
            for each in filter(is_alone, self._operations)
            if any(result in self._needed for result in each.results)
        ]

    def plan(self) -> None:
        """Read and plan every structured op; what cannot be converted is refused."""
        if only_block(self.function, self._refuse) is None:
            return
        reader = Reader(self._tensors, self._refuse)
        steps: list[Step] = []
        for operation in self._alone:
            for key, values in problems_of(operation, anew=self._anew):
                self._refuse(operation, key, **values)
        for operation in filter(is_structured, self._operations):
            op = read_structured(operation)
            if op is None:
                self._refuse(operation, "operation")
                continue
            for number, value in enumerate(operation.results):
                if value not in self._needed or _is_known(value) or is_seen_through(value):
                    continue
                statement = reader.read(op, number)
                if statement is not None:
                    steps.append(self._step(value, statement))
        for step in steps:
            self._plan(step)

    @property
    def returns_nothing(self) -> bool:
        """Whether nothing that the function computes can be seen."""
        return not any(len(o.operands) for o in self._operations if o.name == "func.return")

    @property
    def decisions(self) -> list[tuple[Decision, ir.Operation, ir.Operation]]:
        """What was decided about fusion, with the op that computes and the one that reads."""
        return [
            (decision, self._computed_by(decision.producer), self._computed_by(decision.consumer))
            for decision in self._planner.decisions
        ]

    @property
    def anew(self) -> list[tuple[ir.Operation, str, Format, Format]]:
        """Each op that reads an operand stored anew, the operand's name, format and new format."""
        return [
            (self._at(place), *forms)
            for place, each in enumerate(self._planner.planned)
            for forms in forms_anew(each.choice)
        ]

    @property
    def dropping(self) -> list[tuple[ir.Operation, Format]]:
        """Each op whose zeros are not stored, and how its result is."""
        steps = [each.step for each in self._planner.planned]
        return [
            (self._computed_by(step.number), step.statement.form)
            for step in steps
            if step.number in self._results
            and step.statement.form is not None
            and step.statement.stores_no_zeros
        ]

    def write(self) -> tuple[int, int]:
        """Replace the ops by graphs; returns how many graphs and primitives there are."""
        planned = self._planner.planned
        writer = GraphWriter(self._tensors.values)
        primitives = 0
        for place, each in enumerate(planned):
            number, at = each.step.number, self._at(place)
            with ir.InsertionPoint(at), self._location(each, at):
                result, written = writer.write(each.choice.nest, self._type(each, at))
            primitives += written
            self._tensors.values[number] = result
            if number in self._results:
                self._results[number].replace_all_uses_with(result)
        graphs = len(planned)
        for operation in self._alone:
            with ir.InsertionPoint(operation), operation.location:
                made = list(write_alone(operation, self._needed))
            for value, (result, written) in made:
                graphs, primitives = graphs + 1, primitives + written
                value.replace_all_uses_with(result)
        self._erase()
        return graphs, primitives

    def _at(self, place: int) -> ir.Operation:
        """Return the op that a planned step, or the first after it that is one, stands for."""
        following = (each.step.number for each in self._planner.planned[place:])
        return self._computed_by(next(n for n in following if n in self._results))

    def _step(self, value: ir.Value, statement: Statement) -> Step:
        number = self._tensors.number(value)
        self._results[number] = value
        uses = [use for use in readers(value) if self._counts(use)]
        once = len(uses) == 1 and is_structured(uses[0].owner.operation)
        once = once and not statement.stores_no_zeros  # which a stream on the way would send
        return Step(number, statement, once)

    def _counts(self, use: Any) -> bool:
        """Tell whether a use is one by an op that is needed."""
        operation = use.owner.operation
        return not is_structured(operation) or any(r in self._needed for r in operation.results)

    def _plan(self, step: Step) -> None:
        operation = self._computed_by(step.number)
        try:
            self._planner.add(step)
        except NoOrderError as problem:
            self._refuse(operation, **explain(problem, self._planner.known(step)))
        except UnmergeableError as problem:
            self._refuse(operation, **explain_repeating(problem, self._planner.known(step)))

    def _computed_by(self, number: int) -> ir.Operation:
        return self._results[number].owner.operation

    def _location(self, planned: Planned, at: ir.Operation) -> ir.Location:
        """Return the location of an op and of all that was fused with it."""
        numbers = [planned.step.number, *planned.step.fused]
        found = [self._computed_by(n).location for n in numbers if n in self._results]
        return fused_location(found or [at.location])

    def _type(self, planned: Planned, at: ir.Operation) -> ir.Type:
        """Return the type of a result: that of the op, or of a part of it that has no type yet."""
        number, statement = planned.step.number, planned.step.statement
        if number in self._results:
            return self._results[number].type
        shape = [statement.extents[name] for name in statement.output_variables]
        element: Any = at.results[0].type
        return ir.RankedTensorType.get(shape, element.element_type)

    def _erase(self) -> None:
        """Erase what was replaced, and what only that read."""
        for operation in reversed(self._operations):
            if not _is_converted(operation) and operation.name not in MADE:
                continue
            if not any(True for result in operation.results for _ in result.uses):
                operation.erase()


def has_tensors(function: Any) -> bool:
    """Tell whether a function has ops directly in it that graphs compute."""
    return any(map(_is_converted, _operations(function)))


def is_sparse(function: Any) -> bool:
    """Tell whether a function has such ops on encoded tensors, or such as say they are."""
    return any(_is_converted(each) and _is_sparse(each) for each in _operations(function))


def _is_converted(operation: ir.Operation) -> bool:
    return is_structured(operation) or is_alone(operation)


def _operations(function: Any) -> list[ir.Operation]:
    """Return the ops directly in a function."""
    return [view.operation for block in function.body.blocks for view in block.operations]


def _is_sparse(operation: ir.Operation) -> bool:
    types = [value.type for value in (*operation.operands, *operation.results)]
    named: Iterable[str] = operation.attributes
    return any(map(is_encoded, types)) or any(name.startswith("sam.") for name in named)


def _is_known(value: ir.Value) -> bool:
    """Tell whether all readers of a tensor that holds one value everywhere know which."""
    if splat_of(value) is None:
        return False
    return all(_knows(use) for use in value.uses)


def _knows(use: Any) -> bool:
    """Tell whether a reader of a tensor that holds one value needs only that."""
    operation = use.owner.operation
    return is_structured(operation) or is_matches(operation)
