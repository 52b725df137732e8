"""What a machine has against a module: the configuration's verifier, answering with ops."""

from dataclasses import dataclass, replace
from typing import Any

from rdu.codegen.configuration import span_of, translate
from rdu.configuration import ConfigurationError, check
from rdu.configuration.model import Span
from rdu.mlir_ext import ir
from rdu.mlir_ext.locations import source_location
from rdu.support.diagnostics import Diagnostic, ExitCode, RduError
from rdu.targets import Machine


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong and the op that it is about (None: the program as a whole)."""

    operation: ir.OpView | None
    diagnostic: Diagnostic


def find_wrong(module: Any, machine: Machine) -> tuple[list[Finding], ExitCode]:
    """Verify a module against a machine as the configuration that it becomes.

    Returns:
        Every finding, at its op's location, and the exit code that they amount to: 0 for none, 3
        if all say that the machine is too small, else 1.

    Raises:
        RduError: the module says what no configuration can.
    """
    operations: list[ir.OpView] = []

    def numbered(operation: ir.OpView) -> Span:
        operations.append(operation)
        return Span(span_of(operation).line, len(operations))

    program = translate(module, machine.name, machine.hash, numbered)
    try:
        check(program, machine)
    except ConfigurationError as failure:
        found = [_finding(d, operations) for d in failure.diagnostics]
        return found, failure.exit_code
    return [], ExitCode.OK


def check_module(module: Any, machine: Machine) -> None:
    """Raise RduError with everything that `find_wrong` finds, if anything."""
    found, code = find_wrong(module, machine)
    if found:
        raise RduError((finding.diagnostic for finding in found), code)


def _finding(diagnostic: Diagnostic, operations: list[ir.OpView]) -> Finding:
    """Replace the number of an op, which is the column, by the op and its location."""
    number = diagnostic.location.column if diagnostic.location else 0
    if not number:
        return Finding(None, replace(diagnostic, location=None))
    operation = operations[number - 1]
    message = f"'{operation.operation.name}' {diagnostic.message}"
    location = source_location(operation.location)
    return Finding(operation, replace(diagnostic, message=message, location=location))
