"""Fusion of statements: a tensor that is read once need not be stored, if that costs no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

from rdu.analysis.sparse.anew import choose_anew
from rdu.analysis.sparse.choice import Choice, NoOrderError, choose
from rdu.analysis.sparse.expression import (
    Access,
    Expression,
    accesses,
    rebuilt,
    reductions,
    renamed,
)
from rdu.analysis.sparse.meeting import UnmergeableError
from rdu.analysis.sparse.split import split
from rdu.analysis.sparse.statement import Statement, Stored
from rdu.analysis.sparse.target import IDEAL, Target
from rdu.analysis.sparse.written import result_of

Fusion = Literal["none", "auto", "full"]


@dataclass(frozen=True, slots=True)
class Step:
    """A statement of a program.

    Attributes:
        number: of the tensor that it computes.
        statement: what it computes; tensors that other steps compute are looked up in the program.
        read_once: whether the tensor has one reader, a later step, and is not returned.
        fused: numbers of the tensors whose steps became a part of this one.
    """

    number: int
    statement: Statement
    read_once: bool
    fused: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """A step with its nest."""

    step: Step
    choice: Choice


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a step became a part of the one that reads it.

    Attributes:
        producer, consumer: numbers of the tensors that they compute.
        fused: what was decided.
        apart, together: the tokens expected of both; `together` is None if they cannot be fused.
        operations_apart, operations_together: the scalar operations among them.
    """

    producer: int
    consumer: int
    fused: bool
    apart: float
    together: float | None
    operations_apart: float
    operations_together: float


class Planner:
    """Plans a program step by step.

    Args:
        mode: which statements share a graph.
        numbers: gives numbers to tensors.
        anew: whether operands may be stored anew that no loops can read as they are stored.
        target: the machine, as far as costs go.

    Attributes:
        planned: the steps so far, those that were fused left out.
        decisions: what was decided about fusion.
    """

    def __init__(
        self,
        mode: Fusion,
        numbers: count[int],
        *,
        anew: bool = False,
        target: Target = IDEAL,
    ) -> None:
        self._mode, self._target = mode, target
        self._anew = anew
        self._numbers = numbers
        self.results: dict[int, Stored] = {}
        self.planned: list[Planned] = []
        self.decisions: list[Decision] = []

    def add(self, step: Step) -> None:
        """Plan a step after those that it reads.

        Raises:
            NoOrderError, UnmergeableError: it cannot be computed by a graph.
        """
        planned = self._arrange(step)
        while len(planned) == 1 and self._mode != "none" and (fused := self._fuse(planned[0])):
            planned = [fused]
        for each in planned:
            self.planned.append(each)
            self.results[each.step.number] = result_of(each.choice, f"%{each.step.number}")

    def _arrange(self, step: Step) -> list[Planned]:
        """Return a step with its nest, or several if it cannot be computed by one."""
        statement = self.known(step)
        try:
            return [Planned(replace(step, statement=statement), choose(statement, self._target))]
        except (NoOrderError, UnmergeableError) as problem:
            circular = isinstance(problem, NoOrderError)
            parts = split(statement, self._numbers) if circular else None
            if parts is None:
                if not self._anew:
                    raise
                statement, choice = choose_anew(statement, problem, self._target)
                return [Planned(replace(step, statement=statement), choice)]
            *inner, last = parts
        planned: list[Planned] = []
        for number, part in inner:
            found = Planned(Step(number, part, False), choose(part, self._target))
            self.results[number] = result_of(found.choice, f"a part of {step.number}")
            planned.append(found)
        last = self.known(replace(step, statement=last))
        return [*planned, Planned(replace(step, statement=last), choose(last, self._target))]

    def known(self, step: Step) -> Statement:
        """Return a step's statement, which knows how the results of earlier steps are stored."""
        return replace(step.statement, tensors={**step.statement.tensors, **self.results})

    def _fuse(self, consumer: Planned) -> Planned | None:
        """Fuse a step with one that it reads, if there is one for which that pays."""
        read = {access.tensor for access in accesses(consumer.step.statement.expression)}
        for producer in reversed(self.planned):
            if producer.step.number not in read or not producer.step.read_once:
                continue
            if (producer.step.number, consumer.step.number) in self._decided():
                continue
            fused = self._weigh(producer, consumer)
            if fused is not None:
                self.planned.remove(producer)
                return fused
        return None

    def _decided(self) -> set[tuple[int, int]]:
        return {(d.producer, d.consumer) for d in self.decisions if not d.fused}

    def _weigh(self, producer: Planned, consumer: Planned) -> Planned | None:
        before = producer.choice.cost, consumer.choice.cost
        apart = sum(cost.total for cost in before) + before[0].results
        candidate = _together(producer.step, consumer.step)
        together, choice = None, None
        if candidate is not None:
            try:
                choice = choose(candidate.statement, self._target)
                together = choice.cost.total
            except (NoOrderError, UnmergeableError):
                pass
        fused = together is not None and (self._mode == "full" or together <= apart)
        self.decisions.append(
            Decision(
                producer.step.number,
                consumer.step.number,
                fused,
                apart,
                together,
                sum(cost.operations for cost in before),
                choice.cost.operations if choice else 0.0,
            )
        )
        return Planned(candidate, choice) if fused and candidate and choice else None


def _together(producer: Step, consumer: Step) -> Step | None:
    """Return a step that computes what another reads where it reads it; None if it cannot."""
    statement = inlined(consumer.statement, producer.number, producer.statement)
    if statement is None:
        return None
    fused = (*consumer.fused, producer.number, *producer.fused)
    return replace(consumer, statement=statement, fused=fused)


def inlined(consumer: Statement, number: int, producer: Statement) -> Statement | None:
    """Replace all accesses of a tensor by the expression that computes it.

    Returns None where one of the two sees blocks of a dimension that the other does not.
    """
    names = set(consumer.extents)
    extents = dict(consumer.extents)
    wishes = list(consumer.wishes)
    fits = True

    def leaf(access: Access) -> Expression:
        nonlocal fits
        if access.tensor != number:
            return Access(access.tensor, access.index)
        pairs = list(zip(producer.output, access.index, strict=True))
        fits = fits and all(len(own) == len(given) for own, given in pairs)
        mapping: dict[str, tuple[str, ...]] = {}
        for own, given in pairs:
            mapping |= {name: (new,) for name, new in zip(own, given, strict=False)}
        for bound in (v for node in reductions(producer.expression) for v in node.variables):
            fresh = _fresh(bound, names)
            names.add(fresh)
            mapping[bound] = (fresh,)
            extents[fresh] = producer.extents[bound]
        for wish in producer.wishes:
            wishes.append(tuple(dict.fromkeys(mapping[name][0] for name in wish)))
        return renamed(producer.expression, mapping)

    expression = rebuilt(consumer.expression, leaf)
    tensors: Mapping[int, Stored] = {**producer.tensors, **consumer.tensors}
    if not fits:
        return None
    return replace(
        consumer,
        expression=expression,
        tensors=tensors,
        extents=extents,
        wishes=tuple(dict.fromkeys(wishes)),
    )


def _fresh(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(f"{name}_{n}" for n in count(1) if f"{name}_{n}" not in taken)
