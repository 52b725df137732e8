"""Command-line arguments that several tools share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any


def add_machine_arguments(add: Callable[..., Any]) -> None:
    """Add `--set` and `--engine` to a group, given its `add_argument`."""
    add(
        "--set",
        type=setting,
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change a number of the machine, such as dram.latency=100",
    )
    add(
        "--engine",
        choices=("native", "python"),
        default="native",
        help="native is fast, python is short to read; they agree to the bit",
    )


def setting(text: str) -> tuple[str, str]:
    """Read KEY=VALUE; raises ArgumentTypeError."""
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"expected KEY=VALUE, got '{text}'")
    return key, value
