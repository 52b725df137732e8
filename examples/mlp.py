"""The main job: a PyTorch MLP, compiled, simulated and compared with PyTorch.

    python examples/mlp.py [machine]

prints each phase, the report of the run and how far the result is from PyTorch's.
"""

import sys
import tempfile
from pathlib import Path

from mlp_model import make_inputs, make_model

import rdu
from rdu.compiler import LEVELS


def main() -> None:
    """Compile, run, compare, report."""
    model, inputs = make_model(), make_inputs()
    target = sys.argv[1] if len(sys.argv) > 1 else "plasticine"
    artifact = rdu.compile(
        model, inputs, target=target, progress=lambda phase: print(f"-> {phase}", flush=True)
    )
    folder = Path(tempfile.gettempdir()) / "rdu-mlp"
    artifact.save(folder)
    for level in LEVELS:
        suffix = "rdu" if level == "configuration" else "mlir"
        (folder / f"{level}.{suffix}").write_text(artifact.stage(level), encoding="utf-8")
    print("-> simulation", flush=True)
    artifact.check(*inputs)
    print(artifact.report())
    print(f"every level of the IR, the configuration and the weights are in {folder}")


if __name__ == "__main__":
    main()
