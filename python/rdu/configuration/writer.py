"""Printing a configuration: canonical order and spacing, so the same program is the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from rdu.configuration.constants import f32_text
from rdu.configuration.cursor import RESERVED
from rdu.configuration.model import (
    PASS,
    Action,
    Affine,
    Compute,
    Context,
    Counter,
    Formal,
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
    Store,
    Tensor,
    Unit,
    Update,
    Write,
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_PATH = re.compile(r"(\d+\.)*[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*", re.ASCII)


def write(path: str | Path, program: Program) -> None:
    """Write a program to a file as UTF-8 text."""
    Path(path).write_text(print_program(program), encoding="utf-8", newline="\n")


def print_program(program: Program) -> str:
    """Return the canonical text of a program.

    Raises ValueError for what no text can say: a name that is none, a constant that no f32 has.
    """
    return "\n".join(_program(program)) + "\n"


def _program(program: Program) -> Iterator[str]:
    yield f"rdu {program.version}"
    digest = f" hash {_string(program.machine_hash)}" if program.machine_hash is not None else ""
    yield f"machine {_name(program.machine)}{digest}"
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
    return f"memory {_name(memory.name)} : {memory.dtype} words {memory.words}{buffers}"


def _source(source: Source | None) -> str:
    return f" from {_string(source.file)}:{source.line}" if source else ""


def _context_body(context: Context) -> Iterator[str]:
    if context.repeat != 1:
        yield f"repeat {context.repeat}"
    yield from map(_counter, context.counters)
    for port in context.inputs:
        yield f"in {_port(port)}"
    for port in context.outputs:
        yield f"out {_port(port)}"
    order = {counter.name: rank for rank, counter in enumerate(context.counters)}
    yield from _action(context.action, order)


def _counter(counter: Counter) -> str:
    step = f" step {counter.step}" if counter.step != 1 else ""
    par = f" par {counter.par}" if counter.par != 1 else ""
    return f"count {_name(counter.name)} {counter.start}..{counter.stop}{step}{par}"


def _port(port: Port) -> str:
    dtype = f" {port.dtype}" if port.dtype else ""
    return f"{_name(port.name)} : {port.kind}{dtype} @{_level(port.level)}"


def _action(action: Action, order: dict[str, int]) -> Iterator[str]:
    match action:
        case Compute():
            yield from map(_operation, action.operations)
            for drive in action.drives:
                yield f"{_name(drive.port)} <- {_name(drive.value)}"
        case Update() | Route():
            raise TypeError(type(action))
        case Read() | Write():
            word = f"{_name(action.memory)}[{_affine(action.address, order)}]"
            verb, arrow = ("read", "->") if isinstance(action, Read) else ("write", "<-")
            yield f"{verb} {word} buffer @{_level(action.level)} {arrow} {_name(action.port)}"
        case Load() | Store():
            index = ", ".join(_affine(expression, order) for expression in action.index)
            verb, arrow = ("load", "->") if isinstance(action, Load) else ("store", "<-")
            yield f"{verb} {_path(action.tensor)}[{index}] {arrow} {_name(action.port)}"


def _operation(operation: Operation) -> str:
    words = [_path(operation.mnemonic), *map(_operand, operation.operands)]
    if operation.over is not None:
        words = ["reduce", *words, "over", _name(operation.over)]
        if operation.init is not None:
            words += ["init", _operand(operation.init)]
    return f"{_name(operation.result)} = {' '.join(words)}"


def _operand(operand: Operand) -> str:
    match operand:
        case str():
            return _name(operand)
        case bool():
            return "true" if operand else "false"
        case int():
            return str(operand)
        case float():
            return f32_text(operand)


def _affine(expression: Affine, order: dict[str, int]) -> str:
    """Return `33*n + k - 7`: terms in chain order, the constant last."""
    text = ""
    terms = sorted(expression.terms, key=lambda term: order.get(term[0], len(order)))
    for counter, coefficient in terms:
        scale = f"{abs(coefficient)}*" if abs(coefficient) != 1 else ""
        text += _signed(coefficient, scale + _name(counter), first=not text)
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
    route = " via " + " ".join(map(_place, sink.route)) if sink.route else ""
    return f"to {sink.to} capacity {capacity}{init}{route}"


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
