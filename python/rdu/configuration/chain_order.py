"""Affine expressions in their canonical order: counters as in the chain, then input ports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rdu.configuration.model import (
    Action,
    Affine,
    Comparison,
    Compute,
    Counter,
    Load,
    Port,
    Read,
    Route,
    Sparse,
    Store,
    Update,
    Write,
)

Order = dict[str, int]
"""The rank of every name that an affine expression of a context may have."""


def order_of(counters: Sequence[Counter], inputs: Sequence[Port]) -> Order:
    """Return the order of a context's terms."""
    order: Order = {}
    for named in (*counters, *inputs):
        order.setdefault(named.name, len(order))
    return order


def affine_in_order(expression: Affine, order: Order) -> Affine:
    """Sort the terms of an expression; unknown names come last."""
    if len(expression.terms) < 2:
        return expression
    terms = sorted(expression.terms, key=lambda term: order.get(term[0], len(order)))
    return Affine(expression.constant, tuple(terms))


def port_in_order(port: Port, order: Order) -> Port:
    """Sort the expressions of a port's condition."""
    if not isinstance(port.when, Comparison):
        return port
    sides = (affine_in_order(side, order) for side in (port.when.left, port.when.right))
    left, right = sides
    return replace(port, when=Comparison(left, port.when.relation, right))


def action_in_order(action: Action, order: Order) -> Action:
    """Sort the expressions of an action."""
    match action:
        case Read():
            address = affine_in_order(action.address, order)
            return replace(action, address=address, back=affine_in_order(action.back, order))
        case Write() | Update():
            return replace(action, address=affine_in_order(action.address, order))
        case Load() | Store():
            index = tuple(affine_in_order(expression, order) for expression in action.index)
            return replace(action, index=index)
        case Compute() | Route() | Sparse():
            return action
