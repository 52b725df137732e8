"""Where a variable is reduced that is not among the result's.

The rule is that of SAM and TACO: a variable is summed over the smallest product term that contains
it. Terms of a sum are terms of their own, so in `x(i) = b(i) - C(i,j) * d(j)` the sum over j is of
`C(i,j) * d(j)` only. So is what stands in parentheses or in a function, unless a factor beside it
has the variable as well: `relu(B(i,k) * c(k))` is the relu of a sum, `exp(B(i,k)) * c(k)` a sum of
products. A written reduction, `max[k](...)`, decides for its variables, and its body is an
expression of its own.
"""

from __future__ import annotations

from rdu.frontends.sparse.notation.syntax import (
    Access,
    Call,
    Chain,
    Expression,
    Reduction,
    Statement,
    free_variables,
    operands,
    with_operands,
)


def with_reductions(statement: Statement) -> Expression:
    """Return a statement's right side with each of its sums written out."""
    return _place(statement.expression, frozenset(statement.result.indices))


def _place(expression: Expression, known: frozenset[str]) -> Expression:
    """Write the sums of an expression; `known` are the variables that need none."""
    match expression:
        case Reduction(variables=variables):
            return _below(expression, known.union(variables))
        case Chain(operator="+"):
            return _below(expression, known)
        case _:
            here = tuple(
                variable
                for variable in free_variables(expression)
                if variable not in known and _is_reduced_here(expression, variable)
            )
            placed = _below(expression, known.union(here))
            return Reduction("sum", here, placed, expression.place) if here else placed


def _below(expression: Expression, known: frozenset[str]) -> Expression:
    placed = tuple(_place(operand, known) for operand in operands(expression))
    return with_operands(expression, placed)


def _is_reduced_here(term: Expression, variable: str) -> bool:
    """Tell whether a product term is the smallest that contains a free variable of it."""
    having = [operand for operand in operands(term) if variable in free_variables(operand)]
    if len(having) != 1:
        return True
    return _is_linear(term) and _is_element(having[0])


def _is_linear(term: Expression) -> bool:
    """Tell products and negations, which are terms with their operands, from functions."""
    return isinstance(term, Chain) or (isinstance(term, Call) and term.function == "neg")


def _is_element(expression: Expression) -> bool:
    """Tell whether an expression is an element of a tensor, or one negated."""
    if isinstance(expression, Call) and expression.function == "neg":
        return _is_element(expression.operands[0])
    return isinstance(expression, Access)
