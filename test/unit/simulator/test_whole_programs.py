"""Programs of every wider form: values against NumPy, and no sign of the order of turns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rdu.configuration import parse
from rdu.simulator.python_engine import engine as python_engine
from rdu.simulator.simulate import RunResult, simulate
from rdu.targets import load_machine

Arrays = dict[str, NDArray[Any]]
PROGRAMS = Path(__file__).parents[1] / "configuration"


def ragged(random: np.random.Generator) -> tuple[Arrays, Arrays]:
    """Sums of rows of gathered words, of 0 to 16 a row, on a base that a flag asks for."""
    given = {
        "lengths": random.integers(0, 17, 4).astype(np.int32),
        "flags": random.integers(0, 2, 4).astype(bool),
        "keys": random.integers(0, 100, 64).astype(np.int32),
        "table": random.integers(-50, 50, 100).astype(np.float32),
    }
    keys = given["keys"].reshape(4, 16)
    rows = [given["table"][keys[i, :n]].sum() for i, n in enumerate(given["lengths"])]
    # The table's first words are the bases, one for each true flag.
    bases = given["table"][np.cumsum(given["flags"]) - 1] * given["flags"]
    return given, {"y": np.float32(rows) + bases}


def bins(random: np.random.Generator) -> tuple[Arrays, Arrays]:
    """Histograms of rows of keys."""
    keys = random.integers(0, 32, (4, 64)).astype(np.int32)
    return {"keys": keys}, {"counts": np.stack([np.bincount(row, minlength=32) for row in keys])}


def lines(random: np.random.Generator) -> tuple[Arrays, Arrays]:
    """Sums of three neighbouring rows."""
    image = random.integers(-9, 9, (8, 16)).astype(np.float32)
    return {"image": image}, {"sums": image[:-2] + image[1:-1] + image[2:]}


def streams(random: np.random.Generator) -> tuple[Arrays, Arrays]:
    """Values split by a flag and put together again, merged with those of the flag and summed."""
    x = random.integers(-9, 9, (4, 16)).astype(np.float32)
    w = random.integers(0, 2, (4, 16)).astype(bool)
    v = random.integers(-9, 9, (4, 10)).astype(np.float32)
    y = np.concatenate([x.sum(1), np.zeros(4)])
    return {"x": x, "w": w, "v": v}, {"y": y, "c": np.pad(v, ((0, 0), (0, 6)))}


def array(random: np.random.Generator) -> tuple[Arrays, Arrays]:
    """Matrix products on a systolic array, with the negative elements cut off."""
    a = random.integers(-9, 9, (64, 32)).astype(np.float32)
    b = random.integers(-9, 9, (64, 6)).astype(np.float32)
    tiles = [a[m : m + 32].T @ b[m : m + 32] for m in (0, 32)]
    return {"a": a, "b": b}, {"c": np.maximum(np.stack(tiles), 0).reshape(2, -1)}


FORMS: dict[str, Callable[[np.random.Generator], tuple[Arrays, Arrays]]] = {
    "ragged": ragged,
    "bins": bins,
    "lines": lines,
    "streams": streams,
    "array": array,
}


def run(name: str, given: Arrays) -> RunResult:
    """Run a program on the readable engine; every account must sum to its context's lifetime."""
    program = parse((PROGRAMS / f"{name}.rdu").read_text())
    result = simulate(program, load_machine(program.machine), given, "python")
    for context in result.sections[0].contexts:
        assert context.accounted == context.lifetime, context
        assert context.idle >= 0, context
    return result


@pytest.mark.parametrize("name", FORMS)
def test_values(name: str) -> None:
    """All numbers are small integers, so that f32 is exact."""
    for seed in range(3):
        given, expected = FORMS[name](np.random.default_rng(seed))
        result = run(name, given)
        for output, values in expected.items():
            np.testing.assert_array_equal(result.outputs[output], values, output)


class Shuffled(deque[int]):
    """An agenda that gives turns in random order."""

    random = Random(0)

    def popleft(self) -> int:
        """Take any of those that wait."""
        self.rotate(self.random.randrange(len(self)))
        return super().popleft()


@pytest.mark.parametrize("name", FORMS)
def test_the_order_of_turns_shows_nowhere(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every number of the report is the same."""
    given, _ = FORMS[name](np.random.default_rng(7))
    expected = run(name, given)
    monkeypatch.setattr(python_engine, "deque", Shuffled)
    for _ in range(3):
        result = run(name, given)
        assert result.sections == expected.sections
        for output, values in expected.outputs.items():
            assert result.outputs[output].tobytes() == values.tobytes()
