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


def whole(least: int, most: int = 2**31 - 1) -> Callable[[str], int]:
    """Return what reads whole numbers of a range; raises ArgumentTypeError."""
    need = f"a whole number from {least} to {most}"

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"expected {need}, got '{text}'") from None
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"expected {need}, got {text}")
        return number

    return read


def tolerance(text: str) -> float:
    """Read the largest error that is let pass; raises ArgumentTypeError."""
    try:
        error = float(text)
    except ValueError:
        error = -1.0
    if not error >= 0:
        raise argparse.ArgumentTypeError(f"expected a number from 0 on, got '{text}'")
    return error
