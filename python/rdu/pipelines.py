"""The named pipelines: from each level of the IR to the next."""

from __future__ import annotations

TO_PATTERN = "linalg-to-pattern,pattern-fuse"
TO_SPATIAL = (
    "pattern-schedule{{machine={machine}}},pattern-to-spatial,"
    "spatial-unroll,spatial-bank{{banks={banks}}},spatial-buffer"
)
TO_RDU = (
    "spatial-to-rdu{{lanes={lanes} fifo-depth={fifo_depth}}},rdu-partition{{machine={machine}}},"
    "rdu-place{{machine={machine} seed={seed}}},rdu-route{{machine={machine}}}"
)
TO_VIRTUAL_RDU = (
    "spatial-to-rdu{{lanes={lanes} fifo-depth={fifo_depth}}},rdu-partition{{machine={machine}}}"
)

DEFAULTS = {"machine": "plasticine", "banks": 16, "lanes": 16, "fifo_depth": 16, "seed": 0}
"""What the named pipelines of `rdu-opt` are for; `compiler.compile` fills in its own machine."""

PIPELINES: dict[str, tuple[str, str]] = {
    "to-pattern": (
        TO_PATTERN,
        "linalg on tensors to fused parallel patterns",
    ),
    "to-spatial": (
        TO_SPATIAL.format(**DEFAULTS),
        "patterns to controllers over explicit memories, scheduled for 'plasticine'",
    ),
    "to-rdu": (
        TO_RDU.format(**DEFAULTS),
        "controllers to units of 'plasticine', placed and routed",
    ),
}
"""Name to (pipeline text, one line of documentation)."""
