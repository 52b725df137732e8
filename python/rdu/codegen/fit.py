"""Whether a unit of the rdu dialect fits the machine, and how to cut a context that does not."""

from rdu.codegen.bodies import Body
from rdu.codegen.configuration import Translator, span_of
from rdu.codegen.cuts import Chain, cut
from rdu.codegen.errors import Errors
from rdu.configuration.model import Compute
from rdu.configuration.verifier.limits import fits
from rdu.dialects import rdu
from rdu.targets import Machine


def unit_fits(unit: rdu.UnitOp, machine: Machine) -> bool:
    """Whether what a unit holds stays within the limits of its kind."""
    return fits(Translator(span_of, Errors()).unit(unit), machine)


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
