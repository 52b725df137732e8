"""Tensors and the host's steps: tiers, bindings, and who may store to what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rdu.configuration import messages
from rdu.configuration.model import Formal, Load, Program, Run, Section, Sparse, Store, Tensor
from rdu.configuration.report import Report
from rdu.configuration.sparse import FORMS
from rdu.configuration.verifier.scope import by_name, report_unknown

if TYPE_CHECKING:
    from rdu.targets import Machine


def check_tensors(program: Program, machine: Machine, report: Report) -> None:
    """Check that the program is for this machine and that its tensors fit their tiers."""
    if program.machine != machine.name:
        need, have = f"'{machine.name}'", f"'{program.machine}'"
        report(messages.OTHER_MACHINE, program.span, need, have)
    elif program.machine_hash not in (None, machine.hash):
        need, have = f"hash '{program.machine_hash}'", f"'{machine.hash}'"
        report(messages.MACHINE_HASH, program.span, need, have, name=machine.name)
    used = dict.fromkeys(machine.tiers, 0)
    formals = (formal for section in program.sections for formal in section.formals)
    for tensor in (*program.tensors, *formals):
        if 0 in tensor.shape:
            have = _type_text(tensor)
            report(messages.EMPTY_TENSOR, tensor.span, "extents above 0", have, name=tensor.name)
    for tensor in program.tensors:
        tier = machine.tiers.get(tensor.tier)
        if tier is None:
            report_unknown(report, "tier", tensor.tier, list(machine.tiers), tensor.span)
            continue
        before = used[tensor.tier]
        used[tensor.tier] += tier.whole_bursts(tensor.bytes)
        if before <= tier.capacity_bytes < used[tensor.tier]:
            need, have = f"at most {tier.capacity_bytes} bytes", f"{used[tensor.tier]}"
            report(messages.TIER_CAPACITY, tensor.span, need, have, name=tensor.tier)


def check_host(program: Program, machine: Machine, report: Report) -> None:
    """Check each run's bindings, then that tensors are stored to before they are needed."""
    stored: set[str] = set()
    for run, section in _known_runs(program, report):
        bound = _check_bindings(program, run, section, report)
        _check_reach(bound, section, machine, report)
        stores, loads = _stored(section), _loaded(section)
        for formal, tensor in bound.items():
            if formal in loads and tensor.role in ("output", "temporary"):
                _check_loaded(tensor, stored, run, report)
            if formal in stores and tensor.role in ("input", "weight"):
                report(
                    messages.READ_ONLY,
                    run.span,
                    "an output or temporary",
                    tensor.role,
                    section=run.section,
                    role=tensor.role,
                    name=tensor.name,
                )
        stored |= {tensor.name for formal, tensor in bound.items() if formal in stores}
    for tensor in program.tensors:
        if tensor.role == "output" and tensor.name not in stored:
            need = "a run of a section that stores to it"
            report(messages.NEVER_STORED, tensor.span, need, "none", name=tensor.name)


def _known_runs(program: Program, report: Report) -> Iterator[tuple[Run, Section]]:
    sections = by_name(program.sections)
    for run in program.host:
        if run.section in sections:
            yield run, sections[run.section]
        else:
            known = [section.name for section in program.sections]
            report_unknown(report, "section", run.section, known, run.span)


def _check_bindings(
    program: Program, run: Run, section: Section, report: Report
) -> dict[str, Tensor]:
    """Return the tensor of each formal that is bound rightly."""
    tensors = by_name(program.tensors)
    formals = by_name(section.formals)
    bound: dict[str, Tensor] = {}
    for name in run.bindings:
        if name not in formals:
            report_unknown(report, "formal", name, list(formals), run.span)
    for name, formal in formals.items():
        actual = run.bindings.get(name)
        if actual is None:
            have = ", ".join(map(repr, run.bindings)) or "nothing"
            report(messages.UNBOUND, run.span, repr(name), have, section=section.name, name=name)
        elif actual not in tensors:
            report_unknown(report, "tensor", actual, list(tensors), run.span)
        elif _type_text(tensors[actual]) != _type_text(formal):
            need, have = _type_text(formal), _type_text(tensors[actual])
            report(messages.BINDING_TYPE, run.span, need, have, name=actual, formal=name)
        else:
            bound[name] = tensors[actual]
    return bound


def _check_reach(
    bound: dict[str, Tensor], section: Section, machine: Machine, report: Report
) -> None:
    """Check that the tensors of sparse primitives lie where these reach them.

    Where the tier serves words directly, or where the primitive asks for bursts, all of one tier.
    """
    for unit, context in section.contexts():
        action = context.action
        if not isinstance(action, Sparse) or unit.kind == "pmu":
            continue
        tiers = {name: bound[name].tier for name in action.tensors if name in bound}
        known = [name for name, tier in tiers.items() if tier in machine.tiers]
        for name in known:
            tier, first = tiers[name], tiers[known[0]]
            need = "a tier with 'direct' words"
            is_reached = machine.tiers[tier].direct
            if FORMS[action.primitive].bursts:
                need, is_reached = f"tier '{first}', as of '{known[0]}'", tier == first
            if not is_reached:
                report(messages.SPARSE_TIER, action.span, need, f"tier '{tier}'", name=name)


def _check_loaded(tensor: Tensor, stored: set[str], run: Run, report: Report) -> None:
    if tensor.name not in stored:
        report(
            messages.LOADED_TOO_SOON,
            run.span,
            "an earlier run that stores to it",
            "none",
            section=run.section,
            role=tensor.role,
            name=tensor.name,
        )


def _stored(section: Section) -> set[str]:
    return _accessed(section, Store, stores=True)


def _loaded(section: Section) -> set[str]:
    return _accessed(section, Load, stores=False)


def _accessed(section: Section, kind: type[Load | Store], *, stores: bool) -> set[str]:
    found: set[str] = set()
    for unit, context in section.contexts():
        action = context.action
        if isinstance(action, kind):
            found.add(action.tensor)
        # On a PMU, storage is memories.
        elif (
            isinstance(action, Sparse)
            and unit.kind == "ag"
            and FORMS[action.primitive].stores == stores
        ):
            found.update(action.tensors)
    return found


def _type_text(tensor: Tensor | Formal) -> str:
    return f"{tensor.dtype}[{', '.join(map(str, tensor.shape))}]"
