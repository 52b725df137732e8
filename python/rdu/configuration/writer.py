"""Printing a configuration: canonical order and spacing, so the same program is the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from rdu.configuration.chain_order import Order, affine_in_order, order_of
from rdu.configuration.constants import f32_text
from rdu.configuration.cursor import RESERVED
from rdu.configuration.model import (
    PASS,
    SYSTOLIC,
    Action,
    Affine,
    Bound,
    Comparison,
    Compute,
    Condition,
    Constant,
    Context,
    Counter,
    Edge,
    Formal,
    Holds,
    Load,
    Memory,
    Operand,
    Operation,
    Place,
    Port,
    Program,
    Read,
    Route,
    Run,
    Section,
    Sink,
    Source,
    Sparse,
    Store,
    Tensor,
    Unit,
    Update,
    Write,
)
from rdu.configuration.primitives import FORMS
from rdu.configuration.sparse import FORMS as SPARSE_FORMS

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_PATH = re.compile(r"(\d+\.)*[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*", re.ASCII)


def write(path: str | Path, program: Program) -> None:
    """Write a program to a file as UTF-8 text."""
    Path(path).write_text(print_program(program), encoding="utf-8", newline="\n")


def print_program(program: Program) -> str:
    """Return the canonical text of a program.

    Raises ValueError for what no text can say: a name that is none, a constant that no f32 has, a
    stream primitive with other ports than its own.
    """
    return "\n".join(_program(program)) + "\n"


def _program(program: Program) -> Iterator[str]:
    yield f"rdu {program.version}"
    digest = f" hash {_string(program.machine_hash)}" if program.machine_hash is not None else ""
    yield f"machine {'-'.join(map(_name, program.machine.split('-')))}{digest}"
    if program.tensors:
        yield ""
    yield from map(_tensor, program.tensors)
    for section in program.sections:
        yield ""
        yield from _section(section)
    yield ""
    yield from _block("host", map(_run, program.host))


def _block(header: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"{header} {{"
    for line in lines:
        yield f"  {line}"
    yield "}"


def _tensor(tensor: Tensor) -> str:
    return f"tensor {_typed(tensor)} {tensor.role} tier {_name(tensor.tier)}"


def _typed(tensor: Tensor | Formal) -> str:
    return f"{_path(tensor.name)} : {tensor.dtype}[{', '.join(map(str, tensor.shape))}]"


def _run(run: Run) -> str:
    bindings = (f"{_path(formal)} = {_path(actual)}" for formal, actual in run.bindings.items())
    return f"run {_name(run.section)}({', '.join(bindings)})"


def _section(section: Section) -> Iterator[str]:
    formals = ", ".join(map(_typed, section.formals))
    return _block(f"section {_name(section.name)}({formals})", _section_body(section))


def _section_body(section: Section) -> Iterator[str]:
    for unit in section.units:
        place = f" at {_place(unit.place)}" if unit.place is not None else ""
        yield from _block(f"{unit.kind} {_name(unit.name)}{place}", _unit_body(unit))
    for net in section.nets:
        header = f"net {_name(net.name)} {net.kind} {net.source}"
        yield from _block(header, map(_sink, net.sinks))


def _unit_body(unit: Unit) -> Iterator[str]:
    yield from map(_memory, unit.memories)
    for context in unit.contexts:
        header = f"context {_name(context.name)}{_source(context.source)}"
        yield from _block(header, _context_body(context))


def _memory(memory: Memory) -> str:
    buffers = f" buffers {memory.buffers}" if memory.buffers != 1 else ""
    skew = f" skew {memory.skew}" if memory.skew is not None else ""
    return f"memory {_name(memory.name)} : {memory.dtype} words {memory.words}{buffers}{skew}"


def _source(source: Source | None) -> str:
    return f" from {_string(source.file)}:{source.line}" if source else ""


def _context_body(context: Context) -> Iterator[str]:
    if context.repeat != 1:
        yield f"repeat {'forever' if context.repeat is None else context.repeat}"
    yield from map(_counter, context.counters)
    order = order_of(context.counters, context.inputs)
    for port in context.inputs:
        yield f"in {_port(port, order)}{_default(port)}"
    for port in context.outputs:
        if port.default is not None:
            raise ValueError(f"output '{port.name}' has a value where it does not act")
        yield f"out {_port(port, order)}"
    yield from _action(context.action, order)


def _counter(counter: Counter) -> str:
    if counter.until is not None:
        if counter != Counter(counter.name, 0, 0, until=counter.until):
            raise ValueError(f"counter '{counter.name}' has bounds beside its stop")
        return f"count {_name(counter.name)} until {_name(counter.until)}"
    step = f" step {counter.step}" if counter.step != 1 else ""
    par = f" par {counter.par}" if counter.par != 1 else ""
    bounds = f"{_bound(counter.start)}..{_bound(counter.stop)}"
    return f"count {_name(counter.name)} {bounds}{step}{par}"


def _bound(bound: Bound) -> str:
    return _name(bound) if isinstance(bound, str) else str(bound)


def _port(port: Port, order: Order) -> str:
    stream = "stream " if port.stream else ""
    dtype = f" {port.dtype}" if port.dtype else ""
    when = f" when {_condition(port.when, order)}" if port.when is not None else ""
    return f"{_name(port.name)} : {stream}{port.kind}{dtype} @{_level(port.level)}{when}"


def _default(port: Port) -> str:
    if port.default is None:
        return ""
    if port.when is None:
        raise ValueError(f"input '{port.name}' has a value where it does not act, but always acts")
    return f" else {_constant(port.default)}"


def _condition(condition: Condition, order: Order) -> str:
    match condition:
        case Edge():
            return f"{condition.which} {_subject(condition.counter)}"
        case Holds():
            return f"not {_subject(condition.name)}" if condition.negated else _name(condition.name)
        case Comparison():
            sides = (_affine(side, order) for side in (condition.left, condition.right))
            return f" {condition.relation} ".join(sides)


def _subject(name: str) -> str:
    if name == "else":
        raise ValueError(
            "'else' ends a condition: no text says that it is 'first', 'last' or 'not'"
        )
    return _name(name)


def _action(action: Action, order: Order) -> Iterator[str]:
    match action:
        case Compute():
            yield from map(_operation, action.operations)
            for drive in action.drives:
                yield f"{_name(drive.port)} <- {_name(drive.value)}"
        case Read():
            back = f" back {_affine(action.back, order)}" if action.back != Affine() else ""
            yield f"read {_word(action, order)}{back} -> {_name(action.port)}"
        case Write():
            yield f"write {_word(action, order)} <- {_name(action.port)}"
        case Update():
            old = f" -> {_name(action.old)}" if action.old is not None else ""
            mnemonic, port = _path(action.mnemonic), _name(action.port)
            yield f"update {_word(action, order)} {mnemonic} <- {port}{old}"
        case Route():
            yield _route(action)
        case Sparse():
            yield _sparse(action)
        case Load() | Store():
            index = ", ".join(_affine(expression, order) for expression in action.index)
            verb, arrow = ("load", "->") if isinstance(action, Load) else ("store", "<-")
            yield f"{verb} {_path(action.tensor)}[{index}] {arrow} {_name(action.port)}"


def _word(action: Read | Write | Update, order: Order) -> str:
    address = _affine(action.address, order)
    return f"{_name(action.memory)}[{address}] buffer @{_level(action.level)}"


def _route(route: Route) -> str:
    form = FORMS[route.primitive]
    further = route.inputs[1:] if form.by else ()
    if not form.fits(route) or "by" in further:
        raise ValueError(f"'{route.primitive}' has other ports than {route}")
    inputs, outputs = (" ".join(map(_name, ports)) for ports in (route.inputs, route.outputs))
    by = f" by {_name(route.by)}" if route.by is not None else ""
    source = f" source {_name(route.source)}" if route.source is not None else ""
    return f"{route.primitive} {inputs}{by} -> {outputs}{source}"


def _sparse(action: Sparse) -> str:
    storage = action.storage
    if (
        not action.inputs
        or not {"of", "with"}.isdisjoint(action.inputs[1:])
        or (storage is not None and not storage.parts)
        or not _takes(action)
    ):
        raise ValueError(f"no text says {action}")
    function = f" {_path(action.function)}" if action.function is not None else ""
    text = f"{action.primitive}{function} {' '.join(map(_operand, action.inputs))}"
    if storage is not None:
        parts = (_path(part) if isinstance(part, str) else str(part) for part in storage.parts)
        text += f" of {_name(storage.kind)}({', '.join(parts)})"
    if action.settings:
        text += f" with {', '.join(f'{_name(k)} {value}' for k, value in action.settings)}"
    return f"{text} -> {' '.join(map(_name, action.outputs))}" if action.outputs else text


def _takes(action: Sparse) -> bool:
    """Whether the text of a primitive has its function, or its lack of one, and its constants."""
    if SPARSE_FORMS[action.primitive].function is not None:
        return action.function is not None
    return action.function is None and all(isinstance(o, str) for o in action.inputs)


def _operation(operation: Operation) -> str:
    words = [_path(operation.mnemonic), *map(_operand, operation.operands)]
    if operation.over is not None:
        combiner = [] if operation.mnemonic == SYSTOLIC else ["reduce"]
        words = [*combiner, *words, "over", _name(operation.over)]
        if operation.init is not None:
            words += ["init", _operand(operation.init)]
    return f"{_name(operation.result)} = {' '.join(words)}"


def _operand(operand: Operand) -> str:
    return _name(operand) if isinstance(operand, str) else _constant(operand)


def _constant(constant: Constant) -> str:
    match constant:
        case bool():
            return "true" if constant else "false"
        case int():
            return str(constant)
        case float():
            return f32_text(constant)


def _affine(expression: Affine, order: Order) -> str:
    """Return `33*n + k - 7`: terms in chain order, the constant last."""
    text = ""
    for name, coefficient in affine_in_order(expression, order).terms:
        scale = f"{abs(coefficient)}*" if abs(coefficient) != 1 else ""
        text += _signed(coefficient, scale + _name(name), first=not text)
    if expression.constant or not text:
        text += _signed(expression.constant, str(abs(expression.constant)), first=not text)
    return text


def _signed(sign: int, magnitude: str, *, first: bool) -> str:
    if first:
        return f"-{magnitude}" if sign < 0 else magnitude
    return f" - {magnitude}" if sign < 0 else f" + {magnitude}"


def _sink(sink: Sink) -> str:
    capacity = "inf" if sink.capacity is None else sink.capacity
    init = f" init {sink.init}" if sink.init else ""
    discard = " discard" if sink.discard else ""
    return f"to {sink.to} capacity {capacity}{init}{discard}{_way(sink)}"


def _way(sink: Sink) -> str:
    if sink.virtual_channel is None:
        return " via " + " ".join(map(_place, sink.route)) if sink.route else ""
    if sink.route:
        raise ValueError(f"the channel to '{sink.to}' takes two ways")
    channel = f" vc {sink.virtual_channel}" if sink.virtual_channel else ""
    return f" dynamic{channel}"


def _place(place: Place) -> str:
    return f"({place[0]}, {place[1]})"


def _level(name: str) -> str:
    return name if name == PASS else _name(name)


def _name(name: str) -> str:
    if _NAME.fullmatch(name) is None or name in RESERVED:
        raise ValueError(f"'{name}' is no name")
    return name


def _path(name: str) -> str:
    if _PATH.fullmatch(name) is None or name in RESERVED:
        raise ValueError(f"'{name}' is no tensor or operation name")
    return name


def _string(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise ValueError(f"{text!r} has more than one line")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
