"""Time and memory to read, store, convert and write a tensor of many values.

The points are random, out of order, in f32. Each row is a step with its seconds on a core and the
most memory that the process had by then, in bytes for each value; the peak only grows.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rdu.frontends.sparse import from_scipy, load_tensor, save_tensor, to_scipy
from rdu.semantics.fibertree import NAMED_FORMATS, Coordinates, Format, build, convert, describe


def peak() -> int:
    """Return the most memory that the process had so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def points(count: int, shape: Sequence[int]) -> Coordinates:
    """Return random points, some of them equal."""
    rng = np.random.default_rng(1)
    columns = [rng.integers(0, extent, count, dtype=np.int32) for extent in shape]
    return Coordinates.of(shape, columns, rng.random(count, dtype=np.float32))


def measure(count: int, folder: Path) -> list[dict[str, Any]]:
    """Run every step once and return the rows."""
    rows: list[dict[str, Any]] = []
    start_memory = peak()

    def step(name: str, run: Callable[[], Any]) -> Any:
        start = time.process_time()
        result = run()
        seconds = round(time.process_time() - start, 2)
        memory = round((peak() - start_memory) / count, 1)
        rows.append({"step": name, "seconds": seconds, "peak_bytes_per_value": memory})
        return result

    side = max(count // 10, 10)
    made = points(count, (side, side))
    csr = step("sort and build CSR", lambda: build(made, NAMED_FORMATS["csr"]))
    step("build DCSR, sorted", lambda: build(csr.coordinates(), NAMED_FORMATS["dcsr"]))
    step("convert to CSC", lambda: convert(csr, NAMED_FORMATS["csc"]))
    step("convert to COO", lambda: convert(csr, NAMED_FORMATS["coo"]))
    step("describe", lambda: describe(csr))
    step("to SciPy and back", lambda: from_scipy(to_scipy(csr), NAMED_FORMATS["csr"]))
    step("write .mtx", lambda: save_tensor(folder / "a.mtx", csr))
    step("read .mtx", lambda: load_tensor(folder / "a.mtx", NAMED_FORMATS["csr"]))
    cube = build(points(count, (side, 100, 100)), Format.of(["compressed"] * 3))
    step("write .tns", lambda: save_tensor(folder / "a.tns", cube))
    step("read .tns", lambda: load_tensor(folder / "a.tns"))
    return rows


def main() -> None:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--values", type=int, default=10_000_000, help="how many (10 million)")
    parser.add_argument("--json", action="store_true", help="print a list of objects")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(arguments.values, Path(folder))
    if arguments.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(
            f"{row['step']:<22}{row['seconds']:>8.2f} s{row['peak_bytes_per_value']:>8.1f} B/value"
        )


if __name__ == "__main__":
    main()
