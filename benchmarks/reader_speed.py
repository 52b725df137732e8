"""How fast a configuration is read and printed, in lines a second.

    python benchmarks/reader_speed.py [--sections N] [--runs N] [--json]

The text is the gemm of `examples/configurations`, its section N times over. The best of the runs
counts.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from rdu.configuration import parse, print_program

GEMM = Path(__file__).parents[1] / "examples" / "configurations" / "gemm.rdu"


def text(sections: int) -> str:
    """Return a configuration of so many sections."""
    head, _, rest = GEMM.read_text().partition("section gemm")
    section, _, host = rest.partition("\n}\n")
    return head + "".join(f"section g{i}{section}\n}}\n" for i in range(sections)) + host


def main() -> None:
    """Print lines a second, as a line or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--sections", type=int, default=100)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    source = text(options.sections)
    lines = source.count("\n")
    reads: list[float] = []
    prints: list[float] = []
    for _ in range(options.runs):
        start = time.perf_counter()
        program = parse(source)
        middle = time.perf_counter()
        print_program(program)
        reads.append(middle - start)
        prints.append(time.perf_counter() - middle)
    speeds = {"read_lines_per_s": lines / min(reads), "printed_lines_per_s": lines / min(prints)}
    if options.json:
        print(json.dumps({name: round(speed) for name, speed in speeds.items()}))
    else:
        print(f"{lines} lines: read {speeds['read_lines_per_s']:,.0f} lines/s, ", end="")
        print(f"printed {speeds['printed_lines_per_s']:,.0f} lines/s")


if __name__ == "__main__":
    main()
