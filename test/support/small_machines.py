"""Machines with less room than those of the package have."""

import re
from importlib.resources import files
from pathlib import Path


def with_scratchpads(directory: Path, size: int) -> str:
    """Write `capstan` with scratchpads of so many bytes to a directory; returns the file's name."""
    text = (files("rdu.targets") / "capstan.toml").read_text()
    text, count = re.subn(r"bytes = \{ value = 262_144", f"bytes = {{ value = {size}", text)
    assert count == 1
    file = directory / "small.toml"
    file.write_text(text)
    return str(file)
