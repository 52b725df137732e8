"""Statements from short texts."""

from rdu.analysis.sparse.expression import Access, Apply, Reduce
from rdu.analysis.sparse.statement import Statement, Stored
from rdu.semantics.fibertree import Format


def stored(name, extents, form, density=0.1):
    """A tensor of a format: letters as in SAM's files (`ds10`), none if its order is open."""
    levels = Format.from_sam(form or "d" * len(extents))
    share = density if "s" in form else 1.0
    return Stored(name, tuple(extents), levels, bool(form), share, hosted=not form)


def access(number, variables):
    return Access(number, tuple((name,) for name in variables))


def product(*operands):
    result, *rest = operands
    for operand in rest:
        result = Apply("mul", (result, operand))
    return result


def statement(output, operands, extents, density=0.1, body=product, function="add", wish=""):
    """Sum of the product of operands, (variables, format) each, over what is not in the output."""
    tensors = {
        n: stored(f"t{n}", [extents[v] for v in variables], form, density)
        for n, (variables, form) in enumerate(operands)
    }
    expression = body(*(access(n, variables) for n, (variables, _) in enumerate(operands)))
    used = dict.fromkeys(v for variables, _ in operands for v in variables)
    reduced = tuple(v for v in used if v not in output)
    if reduced:
        expression = Reduce(function, reduced, expression)
    wishes = (tuple(wish),) if wish else ()
    index = tuple((v,) for v in output)
    return Statement(index, None, expression, tensors, extents, wishes)
