"""Pass flags, `--pattern-schedule="machine=pir"` and `--to-pattern`, taken out before argparse.

They are taken out first because argparse cannot keep the order of unknown flags, and because it
reads `-outline` as `-o utline`.
"""

import argparse
from importlib import import_module

from rdu.mlir_ext import ir, passmanager
from rdu.mlir_ext.passes import all_passes, find_pass
from rdu.mlir_ext.pipeline import Named
from rdu.mlir_ext.upstream import KNOWN_PASSES
from rdu.support.diagnostics import UsageError, suggest


def named_pipelines() -> Named:
    """Return the project's named pipelines, by name without dashes."""
    return import_module("rdu.pipelines").PIPELINES


def split_pass_flags(
    arguments: list[str], parser: argparse.ArgumentParser
) -> tuple[list[str], list[str]]:
    """Separate the flags of passes and named pipelines from the tool's own.

    Returns the arguments for `parser`, with long flags normalised to two dashes, and the pipeline
    elements in order. Raises UsageError, with a suggestion, for a flag that nobody knows.
    """
    own = parser._option_string_actions  # argparse has no public list
    rest: list[str] = []
    passes: list[str] = []
    values_due = 0
    for argument in arguments:
        name, _, value = argument.lstrip("-").partition("=")
        long_flag = f"--{name}"
        if values_due or argument == "-" or not argument.startswith("-"):
            rest.append(argument)
            values_due = 0
        elif long_flag in own:
            rest.append("--" + argument.lstrip("-"))
            values_due = int("=" not in argument and own[long_flag].nargs is None)
        elif argument in own:
            rest.append(argument)
            values_due = int(own[argument].nargs is None)
        elif is_pass(name):
            passes.append(f"{name}{{{value}}}" if value else name)
        else:
            raise UsageError(f"flag '{argument}' is unknown", hint=_suggestion(name, own))
    return rest, passes


def is_pass(name: str) -> bool:
    """Tell whether `name` is a pass of ours or upstream's, or a named pipeline."""
    if find_pass(name) is not None or name in KNOWN_PASSES or name in named_pipelines():
        return True
    try:
        passmanager.PassManager.parse(f"any({name})", ir.Context())
    except ValueError:
        return False
    return True


def _suggestion(name: str, own: dict[str, argparse.Action]) -> str | None:
    flags = [flag for flag in own if flag.startswith("--")]
    known = [*all_passes(), *named_pipelines(), *KNOWN_PASSES]
    return suggest(f"--{name}", [*flags, *(f"--{n}" for n in known)])
