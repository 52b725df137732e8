"""Fuzz the reader, the verifier and both engines with damaged and random configurations.

Each text must be refused with located errors or mean something: what is printed reads back, and a
small sound program runs alike on both engines. No text may take more than 2 s of processor time,
end a process, or raise what is no diagnostic; and memory at the end may be at most 20 % above that
after the first tenth. What goes wrong is made smaller and written to test/regression, where the
ordinary tests replay it.

exit codes: 0 nothing found, 1 findings or growing memory, 2 the command line is wrong
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path

from text_campaign import Campaign, Tally, run
from text_corpus import ROOT, corpus
from text_judge import Verdict
from text_minimise import minimised
from text_trial import Finding, isolated_trial

REGRESSION = ROOT / "test" / "regression"

MOST_GROWTH = 0.2
"""Of memory, from the end of the first tenth to the end."""


def main() -> int:
    """Run a campaign as the command line asks; return the exit code."""
    given = _parser().parse_args()
    texts = corpus(with_generated=not given.short)
    campaign = Campaign(texts, given.inputs, given.seed, given.jobs, given.engines)
    shown = _Progress(given.inputs)
    tally = run(campaign, shown)
    shown.end()
    print(summary(tally))
    kinds: dict[str, int] = {}
    for found in sorted(tally.found, key=lambda found: found.number):
        if found.finding.kind not in kinds:
            kinds[found.finding.kind] = found.number
            print(f"\ntext {found.number}: {found.finding.kind}\n{found.finding.detail}")
            if given.write:
                print(f"written to {write(campaign, found.number, found.finding)}")
    if tally.growth > MOST_GROWTH:
        print(f"memory has grown by {tally.growth:.0%}: at most {MOST_GROWTH:.0%} is expected")
    return 1 if tally.found or tally.growth > MOST_GROWTH else 0


def summary(tally: Tally) -> str:
    """Return what became of the texts, in a few lines."""
    verdicts, done = tally.verdicts, tally.done
    read = done - verdicts[Verdict.NO_PROGRAM] - verdicts["finding"]
    sound = read - verdicts[Verdict.NO_FIT]
    early, late = (size / 2**20 for size in tally.memory)
    rows = (
        ("texts", f"{done} in {tally.seconds:.0f} s, {done / max(tally.seconds, 1e-9):.0f}/s"),
        ("accepted by the reader", f"{read} ({read / done:.1%})"),
        ("accepted by the verifier", f"{sound} ({sound / done:.1%})"),
        ("ran alike on both engines", f"{verdicts[Verdict.RAN]}"),
        ("deadlocked on both engines", f"{verdicts[Verdict.DEADLOCK]}"),
        ("stopped by data on both", f"{verdicts[Verdict.STOPPED]}"),
        ("too long, as data decided", f"{verdicts[Verdict.UNENDED]}"),
        ("ran on the readable engine only", f"{verdicts[Verdict.ONE_ENGINE]}"),
        (
            "memory",
            f"{early:.0f} MiB after a tenth, {late:.0f} MiB at the end, {tally.growth:+.1%}",
        ),
        ("findings", f"{len(tally.found)} of {len({f.finding.kind for f in tally.found})} kinds"),
    )
    return "\n".join(f"{name:32}{value}" for name, value in rows)


def write(campaign: Campaign, number: int, finding: Finding) -> Path:
    """Write the smallest text found of a finding's kind; return its path."""
    machine = campaign.machine(number)

    def fails(raw: bytes) -> bool:
        verdict = isolated_trial(raw, machine, engines=campaign.engines)
        return isinstance(verdict, Finding) and verdict.kind == finding.kind

    raw = minimised(campaign.text(number), fails)
    path = REGRESSION / f"text-{hashlib.sha256(raw).hexdigest()[:8]}.rdu"
    path.write_bytes(raw)
    return path.relative_to(ROOT)


class _Progress:
    """One line on stderr that says how far a campaign is; without a terminal, one each tenth."""

    def __init__(self, inputs: int) -> None:
        self.inputs = inputs
        self.tenths = 0

    def __call__(self, tally: Tally) -> None:
        line = f"fuzz: {tally.done}/{self.inputs} texts, {len(tally.found)} findings"
        if sys.stderr.isatty():
            print(f"\r{line}", end="", file=sys.stderr, flush=True)
        elif tally.done * 10 // self.inputs > self.tenths:
            self.tenths = tally.done * 10 // self.inputs
            print(line, file=sys.stderr, flush=True)

    def end(self) -> None:
        if sys.stderr.isatty():
            print(file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "tools/fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--inputs", type=_positive, default=100_000, metavar="N", help="texts (default: 100000)")
    add("--seed", type=int, default=0, help="another seed gives other texts (default: 0)")
    add("--jobs", type=_positive, default=os.cpu_count() or 1, help="processes (default: cores)")
    add("--short", action="store_true", help="leave out the text that the compiler makes")
    add("--no-engines", dest="engines", action="store_false", help="run no program")
    add("--no-write", dest="write", action="store_false", help="write nothing to test/regression")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, got {text}")
    return number


if __name__ == "__main__":
    sys.exit(main())
