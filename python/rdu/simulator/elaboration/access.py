"""Elaboration of accesses: an address over counters and inputs, and what data may lead astray."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rdu.configuration.model import Affine, Context, Load, Port, Read, Store, Update, Write
from rdu.simulator.specification import Access, Guard, Sum


def memory_access(
    action: Read | Write | Update, context: Context, target: int, words: int
) -> Access:
    """Return the access of memory number `target`, whose buffers have so many words."""
    address = _sum([action.address], [1], context)
    old = action.old if isinstance(action, Update) else None
    return Access(
        target=target,
        constant=address.constant,
        coefficients=address.coefficients,
        buffer_level=context.level_index(action.level),
        port=_position(action.port, context),
        ports=address.ports,
        guards=_guards([action.address], [words], context),
        back=_back(action, context),
        mnemonic=action.mnemonic if isinstance(action, Update) else "",
        old=-1 if old is None else _position(old, context),
    )


def tensor_access(
    action: Load | Store, context: Context, target: int, shape: tuple[int, ...]
) -> Access:
    """Return the access of tensor number `target`, row-major."""
    strides = [math.prod(shape[i + 1 :]) for i in range(len(shape))]
    address = _sum(action.index, strides, context)
    return Access(
        target=target,
        constant=address.constant,
        coefficients=address.coefficients,
        buffer_level=-1,
        port=_position(action.port, context),
        ports=address.ports,
        guards=_guards(action.index, shape, context),
    )


def _back(action: Read | Write | Update, context: Context) -> Sum:
    """Return how many buffers before the current one are read."""
    if not isinstance(action, Read) or action.back == Affine():
        return Sum()
    return _sum([action.back], [1], context)


def _position(name: str, context: Context) -> int:
    """Return a port's number among the inputs or the outputs."""
    found: list[Sequence[Port]] = [context.inputs, context.outputs]
    names = [[port.name for port in ports] for ports in found]
    return next(ports.index(name) for ports in names if name in ports)


def _sum(index: Sequence[Affine], strides: Sequence[int], context: Context) -> Sum:
    """Return the sum of affine expressions, each times its stride."""
    pairs = list(zip(index, strides, strict=True))

    def coefficient(name: str) -> int:
        return sum(affine.coefficient(name) * stride for affine, stride in pairs)

    used = {name for affine in index for name, _ in affine.terms}
    return Sum(
        constant=sum(affine.constant * stride for affine, stride in pairs),
        coefficients=tuple(coefficient(counter.name) for counter in context.counters),
        ports=tuple(
            (i, coefficient(port.name))
            for i, port in enumerate(context.inputs)
            if port.name in used
        ),
    )


def _guards(index: Sequence[Affine], extents: Sequence[int], context: Context) -> tuple[Guard, ...]:
    """Return a guard for every index with a term whose range is not known before the run."""
    known = {counter.name for counter in context.counters if counter.extent is not None}
    return tuple(
        Guard(i, _sum([affine], [1], context), extent)
        for i, (affine, extent) in enumerate(zip(index, extents, strict=True))
        if any(name not in known for name, _ in affine.terms)
    )
