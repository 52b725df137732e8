"""The named pipelines: from each level of the IR to the next."""

from __future__ import annotations

from typing import Literal, TypeAlias

from rdu.analysis.sparse.target import IDEAL, Target
from rdu.targets import Machine, load_machine

DEFAULT_MACHINE = "plasticine"

Fusion: TypeAlias = Literal["none", "auto", "full"]
"""Which results on the way are computed where they are read, and not stored."""

_POWERS = "math-expand-ops{ops=fpowi}"
"""Powers by integers to products; what is constant is folded, and what nobody uses goes."""

TO_PATTERN = f"func.func({_POWERS},linalg-lift-reads),linalg-to-pattern,pattern-fuse"
"""Linalg on tensors to fused patterns, for any machine."""

MOST_FIFO = 1 << 16
"""Depth of the channels on a machine whose FIFOs have none."""


def to_spatial(name: str, machine: Machine) -> str:
    """Return the pipeline from patterns to memories and controllers for a machine."""
    return (
        f"pattern-schedule{{machine={name}}},pattern-to-spatial,"
        f"spatial-unroll,spatial-bank{{banks={machine.pmu.banks}}},spatial-buffer"
    )


def to_rdu(name: str, machine: Machine, *, seed: int = 0, virtual: bool = False) -> str:
    """Return the pipeline from controllers to units, placed and routed unless `virtual`."""
    depth = int(min(machine.fifo.vector, MOST_FIFO))
    units = (
        f"spatial-to-rdu{{lanes={machine.pcu.lanes} fifo-depth={depth}}},"
        f"rdu-partition{{machine={name}}}"
    )
    if virtual:
        return units
    return f"{units},rdu-place{{machine={name} seed={seed}}},rdu-route{{machine={name}}}"


TO_STRUCTURED = (
    f"func.func(linalg-lift-reads,linalg-match-indices,{_POWERS},linalg-narrow-positions)"
)
"""Linalg to structured ops whose bodies read nothing by themselves, gathers and scatters too."""

NARROWED = f"func.func(linalg-lift-reads,{_POWERS},linalg-narrow-positions)"
"""As much of that as refuses nothing."""


def to_sam(fusion: Fusion = "none", target: Target = IDEAL) -> str:
    """Return the pipeline from a model on sparse tensors to graphs of stream primitives."""
    return f"{TO_STRUCTURED},{structured_to_sam(fusion, target)}"


def structured_to_sam(fusion: Fusion = "none", target: Target = IDEAL) -> str:
    """Return what of `to_sam` follows `TO_STRUCTURED`."""
    return f"func.func(linalg-dissolve-views),{ordered_to_sam(fusion, target)}"


def plain_to_sam(fusion: Fusion = "none", target: Target = IDEAL) -> str:
    """Return the same for linalg without reshapes, whose arguments stay as they are."""
    return f"{TO_STRUCTURED},{ordered_to_sam(fusion, target)}"


def ordered_to_sam(fusion: Fusion = "none", target: Target = IDEAL) -> str:
    """Return what of both follows once there are no reshapes."""
    options, own = f"anew dense fusion={fusion}", ""
    if target != IDEAL:
        options, own = f"{options} {target}", f"{{{target}}}"
    return (
        f"func.func(linalg-order-loops{own}),linalg-to-sam{{{options}}},"
        "func.func(sam-read-as-written)"
    )


def _named() -> dict[str, tuple[str, str]]:
    machine = load_machine(DEFAULT_MACHINE)
    for_machine = f"for '{DEFAULT_MACHINE}'"
    return {
        "to-pattern": (TO_PATTERN, "linalg on tensors to fused parallel patterns"),
        "to-spatial": (
            to_spatial(DEFAULT_MACHINE, machine),
            f"patterns to controllers over explicit memories, scheduled {for_machine}",
        ),
        "to-rdu": (
            to_rdu(DEFAULT_MACHINE, machine),
            f"controllers to units, placed and routed {for_machine}",
        ),
        "to-sam": (to_sam(), "linalg on sparse tensors to graphs of stream primitives"),
    }


PIPELINES: dict[str, tuple[str, str]] = _named()
"""Name to (pipeline text, one line of documentation); `rdu-opt` makes flags of them."""
