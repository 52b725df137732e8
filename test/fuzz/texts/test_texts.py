"""Damaged and random texts are refused with located errors, or mean the same to both engines."""

import subprocess
import sys
from pathlib import Path

import pytest
from text_corpus import ROOT
from text_judge import machines
from text_minimise import minimised
from text_trial import Finding, death, isolated_trial

FOUND = sorted((ROOT / "test" / "regression").glob("*.rdu"))


def test_a_few_thousand_texts() -> None:
    options = ["--inputs", "2000", "--jobs", "1", "--short", "--no-write"]
    command = [sys.executable, str(Path(__file__).parent), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("texts ")


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_was_found_before(path: Path) -> None:
    for machine, _ in enumerate(machines()):
        verdict = isolated_trial(path.read_bytes(), machine)
        assert not isinstance(verdict, Finding), verdict.detail


def test_a_death_is_a_finding() -> None:
    assert death(-11) == Finding("death by SIGSEGV", "the process ended with SIGSEGV")


def test_a_finding_is_made_smaller() -> None:
    text = b"\n".join(b"line %d of it" % number for number in range(40))
    smaller = minimised(text, lambda raw: b"7 of" in raw and b"31" in raw)
    assert len(smaller) < 16
    assert b"7 of" in smaller
    assert b"31" in smaller
