"""Whether a unit of the rdu dialect fits the machine, and how to cut a context that does not."""

from collections.abc import Sequence
from dataclasses import replace

from rdu.codegen.bodies import Body
from rdu.codegen.configuration import Translator, span_of
from rdu.codegen.cuts import Chain, cut
from rdu.codegen.errors import Errors
from rdu.configuration.model import Compute, Unit
from rdu.configuration.verifier.limits import fits
from rdu.dialects import rdu
from rdu.targets import Machine


def unit_fits(unit: rdu.UnitOp, machine: Machine) -> bool:
    """Whether what a unit holds stays within the limits of its kind."""
    return fits(model_of(unit), machine)


def model_of(unit: rdu.UnitOp) -> Unit:
    """Return what a unit holds, for `fit_together`."""
    return Translator(span_of, Errors()).unit(unit)


def fit_together(units: Sequence[Unit], machine: Machine) -> bool:
    """Whether what several units of one kind hold stays, on one, within the limits of the kind."""
    contexts = tuple(context for unit in units for context in unit.contexts)
    memories = tuple(memory for unit in units for memory in unit.memories)
    return fits(replace(units[0], contexts=contexts, memories=memories), machine)


def cut_context(context: rdu.ContextOp, machine: Machine) -> tuple[Body, Chain] | None:
    """Cut a computing context into parts that fit a PCU each.

    Returns:
        The translated body, whose stages the parts number, and the chain of parts; None if the
        context computes nothing, or if no cut helps.
    """
    body = Body(context, span_of, Errors())
    if not isinstance(body.action, Compute):
        return None
    model = Translator(span_of, Errors()).context(context)
    chain = cut(model, body.types, machine)
    return None if chain is None else (body, chain)
