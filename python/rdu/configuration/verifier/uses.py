"""Which ports a context's parts name: its action, its bounds and its conditions."""

from __future__ import annotations

from rdu.configuration.model import (
    ROOT,
    UNUSED,
    Action,
    Affine,
    Compute,
    Context,
    Holds,
    Load,
    Read,
    Route,
    Sparse,
    Store,
    Update,
    Write,
)


def data_inputs(action: Action) -> tuple[str, ...]:
    """Return the inputs whose tokens an action takes; of a computation, those that it names."""
    match action:
        case Compute():
            operands = (o for op in action.operations for o in (*op.operands, op.init))
            names = (*operands, *(drive.value for drive in action.drives))
            return tuple(dict.fromkeys(name for name in names if isinstance(name, str)))
        case Route():
            return action.inputs if action.by is None else (*action.inputs, action.by)
        case Sparse():
            return tuple(o for o in action.inputs if isinstance(o, str) and o != ROOT)
        case Write() | Update() | Store():
            return (action.port,)
        case Read() | Load():
            return ()


def data_outputs(action: Action) -> tuple[str, ...]:
    """Return the outputs that an action gives a value."""
    match action:
        case Compute():
            return tuple(drive.port for drive in action.drives)
        case Route():
            return action.outputs if action.source is None else (*action.outputs, action.source)
        case Sparse():
            return tuple(name for name in action.outputs if name != UNUSED)
        case Update():
            return () if action.old is None else (action.old,)
        case Read() | Load():
            return (action.port,)
        case Write() | Store():
            return ()


def indices(action: Action) -> tuple[Affine, ...]:
    """Return the expressions that say where an action goes."""
    match action:
        case Read() | Write() | Update():
            return (action.address,)
        case Load() | Store():
            return action.index
        case Compute() | Route() | Sparse():
            return ()


def named_inputs(context: Context) -> set[str]:
    """Return every name that may be an input's: in the action, in indices, bounds, conditions."""
    names = set(data_inputs(context.action))
    names.update(name for index in indices(context.action) for name, _ in index.terms)
    for counter in context.counters:
        bounds = (counter.start, counter.stop, counter.until)
        names.update(bound for bound in bounds if isinstance(bound, str))
    for port in (*context.inputs, *context.outputs):
        if isinstance(port.when, Holds):
            names.add(port.when.name)
    return names
