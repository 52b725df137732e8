"""Whether a configuration means something and fits its machine: every violation, with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdu.configuration.model import Program
from rdu.configuration.report import Report
from rdu.configuration.verifier.absence import check_absence
from rdu.configuration.verifier.accesses import check_accesses
from rdu.configuration.verifier.chains import check_chains
from rdu.configuration.verifier.compute import check_computations
from rdu.configuration.verifier.conditions import check_conditions
from rdu.configuration.verifier.contexts import check_contexts
from rdu.configuration.verifier.dynamic import check_dynamic
from rdu.configuration.verifier.endings import check_endings
from rdu.configuration.verifier.host import check_host, check_tensors
from rdu.configuration.verifier.limits import check_limits
from rdu.configuration.verifier.memories import check_memories
from rdu.configuration.verifier.names import check_program_names, check_section_names
from rdu.configuration.verifier.nets import check_nets
from rdu.configuration.verifier.operands import check_operands
from rdu.configuration.verifier.ownership import check_ownership
from rdu.configuration.verifier.placement import check_placement
from rdu.configuration.verifier.primitives import check_primitives
from rdu.configuration.verifier.routes import check_routes
from rdu.configuration.verifier.scope import Scope
from rdu.configuration.verifier.skips import check_skips
from rdu.configuration.verifier.sparse import check_sparse
from rdu.configuration.verifier.streams import check_streams
from rdu.configuration.verifier.systolic import check_systolic
from rdu.support.diagnostics import Diagnostic

if TYPE_CHECKING:
    from rdu.targets import Machine

SECTION_CHECKS = (
    check_section_names,
    check_contexts,
    check_chains,
    check_streams,
    check_memories,
    check_accesses,
    check_computations,
    check_systolic,
    check_primitives,
    check_sparse,
    check_operands,
    check_conditions,
    check_nets,
    check_absence,
    check_skips,
    check_endings,
    check_ownership,
    check_limits,
    check_placement,
    check_routes,
    check_dynamic,
)


def verify(program: Program, machine: Machine, file: str | None = None) -> list[Diagnostic]:
    """Return everything that is wrong with a program on a machine, in the order of its text."""
    return _findings(program, machine, file).in_order()


def check(program: Program, machine: Machine, file: str | None = None) -> None:
    """Verify a program and raise if anything is wrong.

    Args:
        program: a program that was read or built.
        machine: the machine that it shall run on.
        file: its name in messages, if not that of `program.file`.

    Raises:
        ConfigurationError: everything that is wrong; exit code 1 if the program means nothing,
            3 if it is only that it does not fit the machine.
    """
    _findings(program, machine, file).check()


def _findings(program: Program, machine: Machine, file: str | None) -> Report:
    report = Report(file or program.file)
    check_program_names(program, report)
    check_tensors(program, machine, report)
    check_host(program, machine, report)
    for section in program.sections:
        if report.full:
            break
        scope = Scope(section, machine, report)
        for check_section in SECTION_CHECKS:
            check_section(scope)
    return report
