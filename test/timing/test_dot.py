"""The dot product of 1,024 elements is bound by the bytes of its loads.

Each load asks for burst k of 64 in cycle k, while outstanding bursts last. Both vectors begin on
channel 0 of 4, so channel c serves 32 bursts of 5 cycles, without a pause from cycle c on. Channel
3 is the last: its last answer comes at 3 + 32 x 5 + 60 = 223 and is with the PCU at 224; the sum
leaves 6 stages later and is with the store at 231, whose answer takes 5 + 60 more.
"""

from __future__ import annotations

import numpy as np
import pytest
from kernels import EXAMPLES

from rdu.configuration import parse
from rdu.simulator.simulate import EngineName, simulate
from rdu.targets import load_machine

ANSWERED = 3 + 32 * 5 + 60
SUMMED = ANSWERED + 1 + 6
STORED = SUMMED + 1 + 5 + 60


@pytest.mark.parametrize("engine", ["native", "python"])
def test_dot(engine: EngineName) -> None:
    program = parse((EXAMPLES / "dot.rdu").read_text())
    machine = load_machine("plasticine", {"ag.outstanding": 64})
    x, y = np.random.default_rng(0).standard_normal((2, 1024), np.float32)
    result = simulate(program, machine, {"x": x, "y": y}, engine)
    contexts = {c.name: c for c in result.sections[0].contexts}
    assert contexts["load_y.main"].lifetime == ANSWERED
    assert contexts["dot.main"].lifetime == SUMMED
    assert result.sections[0].cycles == STORED
    np.testing.assert_allclose(result.outputs["z"], [x @ y], rtol=1e-4)
