"""Runs the examples on the machine `sam-ideal` and compares them with PyTorch.

    python examples/sparse/run.py [names] [--size N] [--seed N] [--fusion none|auto|full]
        [--lanes N] [--dense]

prints for each how many graphs it became, the cycles of its run, those among them that only store
results anew, in another order, and how far the result is from that of PyTorch.
"""

import argparse
from importlib import import_module

from rdu.sparse_model import SparseModel, compile_sparse

NAMES = (
    "gcn",
    "graphsage",
    "autoencoder",
    "block_attention",
    "monarch",
    "butterfly",
    "pixelated_butterfly",
    "gated_mlp",
    "n_of_m",
)


def stored_anew(compiled: SparseModel) -> int:
    """Return the cycles of the latest run in which results were stored in another order."""
    assert compiled.artifact is not None
    assert compiled.result is not None
    sections = zip(compiled.artifact.program.host, compiled.result.sections, strict=True)
    return sum(found.cycles for run, found in sections if run.section.startswith("main_copied"))


def main() -> None:
    """Run the examples that are named, or all."""
    parser = argparse.ArgumentParser(description="Run models with sparse tensors.")
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(NAMES))
    parser.add_argument("--size", type=int, help="what grows with it each example says")
    parser.add_argument("--seed", type=int, default=0, help="of weights and inputs")
    parser.add_argument("--fusion", choices=("none", "auto", "full"), default="none")
    parser.add_argument("--lanes", type=int, default=1, help="values at once, at most")
    parser.add_argument("--dense", action="store_true", help="store every tensor as an array")
    given = parser.parse_args()
    sizes = {} if given.size is None else {"size": given.size}
    print(f"{'model':<20} {'graphs':>6} {'cycles':>10} {'anew':>8} {'error':>9}")
    for name in given.names or NAMES:
        case = import_module(name).make(seed=given.seed, **sizes)
        arguments, formats = case.arguments, case.formats
        if given.dense:
            arguments, formats = tuple(argument.to_dense() for argument in arguments), None
        compiled = compile_sparse(
            case.model, arguments, formats=formats, fusion=given.fusion, lanes=given.lanes
        )
        error = compiled.check(*arguments)
        graphs = compiled.stage("sam").count("sam.graph")
        anew = stored_anew(compiled)
        print(f"{name:<20} {graphs:>6} {compiled.cycles:>10,} {anew:>8,} {error:>9.1e}")


if __name__ == "__main__":
    main()
