"""`rdu`: all tools behind one command, `rdu <subcommand> ...`."""

from __future__ import annotations

import sys
from importlib import import_module

from rdu.support.command_line import run_tool
from rdu.support.diagnostics import ExitCode, UsageError, suggest
from rdu.support.text_files import STANDARD, write_text

TOOLS = {
    "compare": ("rdu.tools.rdu_compare", "what changed from one run to another, and why"),
    "compile": ("rdu.tools.rdu_compile", "PyTorch model to configuration"),
    "opt": ("rdu.tools.rdu_opt", "run passes on IR, like mlir-opt"),
    "sim": ("rdu.tools.rdu_sim", "run a configuration on the simulated fabric"),
    "sparse": ("rdu.tools.rdu_sparse", "tensor index notation to a configuration, or to a run"),
    "translate": ("rdu.tools.rdu_translate", "between the rdu dialect and configurations"),
}
"""Each subcommand's module, which is also the tool `rdu-<subcommand>`, and what it does."""


def main(arguments: list[str] | None = None) -> int:
    """Run the subcommand and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    return run_tool("rdu", lambda: _run(given))


def _run(given: list[str]) -> int:
    if not given or given[0] in ("-h", "--help", "help"):
        write_text(STANDARD, _help())
        return ExitCode.OK if given else ExitCode.USAGE
    name = given[0].removeprefix("rdu-")
    if name not in TOOLS:
        known = ", ".join(f"'{tool}'" for tool in TOOLS)
        message = f"unknown subcommand '{given[0]}': expected one of {known}"
        raise UsageError(message, hint=suggest(name, TOOLS))
    return import_module(TOOLS[name][0]).main(given[1:])


def _help() -> str:
    width = max(map(len, TOOLS))
    lines = [f"  {name:<{width}}  {summary}" for name, (_, summary) in TOOLS.items()]
    return "\n".join(
        [
            "usage: rdu <subcommand> ...",
            "",
            "A PyTorch-to-reconfigurable-dataflow compiler and the fabric that judges it.",
            "",
            *lines,
            "",
            "'rdu <subcommand> --help' says more; 'rdu sim' and 'rdu-sim' are the same tool.",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
