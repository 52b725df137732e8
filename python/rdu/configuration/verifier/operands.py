"""Operands of sparse primitives that are no ports: which of them a constant or `root` may be."""

from __future__ import annotations

from rdu.configuration import messages
from rdu.configuration.model import ROOT, Context, Sparse
from rdu.configuration.sparse import FORMS, group_size, roles
from rdu.configuration.verifier.scope import Scope


def check_operands(scope: Scope) -> None:
    """Check the operands of every context that is a sparse primitive."""
    for view in scope.views:
        if isinstance(view.context.action, Sparse):
            _check_context(view.context, view.context.action, scope)


def _check_context(context: Context, action: Sparse, scope: Scope) -> None:
    """Check that values come from ports, but those of an operation of which one does."""
    form = FORMS[action.primitive]
    size = group_size(form, len(action.inputs), len(action.outputs))
    if size is None:
        return

    def refuse(need: str, have: str) -> None:
        scope.report(messages.SPARSE_OPERAND, action.span, need, have, name=action.primitive)

    constants = [operand for operand in action.inputs if not isinstance(operand, str)]
    computes = form.function == "operation"
    if constants and not computes:
        refuse("inputs", f"constant {constants[0]}")
    parts = list(zip(action.inputs, roles(form.inputs, size), strict=True))
    if any(operand == ROOT for operand, role in parts if role == "val"):
        refuse("a port for each value", f"'{ROOT}'")
    if computes and constants and not context.inputs:
        refuse("an input", "constants alone")
