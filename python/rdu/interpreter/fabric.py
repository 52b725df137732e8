"""Running the `rdu` level: through code generation and the simulator, outputs only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rdu.codegen.configuration import program_of
from rdu.semantics.dtypes import Array
from rdu.simulator.simulate import simulate
from rdu.support.diagnostics import UsageError
from rdu.targets import load_machine


def run_on_fabric(
    module: Any, inputs: Mapping[str, Array] | Sequence[Array], machine_name: str
) -> dict[str, Array]:
    """Simulate a module of rdu ops in any state that the machine can run.

    Args:
        module: a verified `builtin.module` of rdu ops.
        inputs: an array for each tensor of role `input` or `weight`, by name or in order.
        machine_name: a name or file of a machine.

    Raises:
        RduError: the module is no program, does not fit the machine, inputs do not fit, or the
            program deadlocks.
    """
    program = program_of(module, machine_name)
    names = [tensor.name for tensor in program.tensors if tensor.role in ("input", "weight")]
    if not isinstance(inputs, Mapping):
        if len(inputs) != len(names):
            listed = ", ".join(f"'{name}'" for name in names) or "none"
            message = f"{len(inputs)} inputs are given: expected {len(names)} ({listed})"
            raise UsageError(message)
        inputs = dict(zip(names, inputs, strict=True))
    return simulate(program, load_machine(machine_name), inputs).outputs
