"""Upstream's passes by name: the bindings run them but cannot list them.

The list serves suggestions and `--list-passes`. It need not be complete: any pass that the bindings
know can stand in a pipeline.
"""

KNOWN_PASSES: tuple[str, ...] = (
    "affine-loop-fusion",
    "arith-expand",
    "canonicalize",
    "convert-elementwise-to-linalg",
    "convert-linalg-to-affine-loops",
    "convert-linalg-to-loops",
    "convert-linalg-to-parallel-loops",
    "cse",
    "inline",
    "int-range-optimizations",
    "linalg-fold-unit-extent-dims",
    "linalg-fuse-elementwise-ops",
    "linalg-generalize-named-ops",
    "linalg-inline-scalar-operands",
    "linalg-specialize-generic-ops",
    "loop-invariant-code-motion",
    "math-uplift-to-fma",
    "one-shot-bufferize",
    "print-ir",
    "remove-dead-values",
    "resolve-ranked-shaped-type-result-dims",
    "resolve-shaped-type-result-dims",
    "sccp",
    "strip-debuginfo",
    "symbol-dce",
    "symbol-privatize",
    "topological-sort",
    "view-op-graph",
)


def upstream_page(name: str) -> str:
    """Return where MLIR documents one of its passes."""
    return f"https://mlir.llvm.org/docs/Passes/#-{name}"
