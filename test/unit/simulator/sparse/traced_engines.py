"""Both engines on one section: all that they say is the same; the readable one tells its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from recorded import RECORD, check_same

from rdu.semantics import tokens
from rdu.simulator.native_engine import NativeEngine
from rdu.simulator.python_engine.channel import Channel
from rdu.simulator.python_engine.engine import PythonEngine
from rdu.simulator.python_engine.tokens import DONE, EMPTY, Stop, Token, first_live
from rdu.simulator.result import ContextStatistics, Deadlock, Fault, SectionResult
from rdu.simulator.specification import ElaboratedSection

Pushes = list[tuple[int, Any]]
"""When each token left a port, and what it was, as `rdu.semantics.tokens` has it."""


@dataclass(frozen=True)
class Run:
    """What a section did.

    Attributes:
        outcome: what the engines returned.
        pushes: what left a port on each of its channels, by `context.port` and the channel's
            number.
        arrays: the tensors after the run.
    """

    outcome: SectionResult | Deadlock | Fault
    pushes: dict[tuple[str, int], Pushes]
    arrays: Sequence[NDArray[Any]]

    @property
    def result(self) -> SectionResult:
        """The result of a run that finished."""
        assert isinstance(self.outcome, SectionResult), self.outcome
        return self.outcome

    def context(self, name: str) -> ContextStatistics:
        """Return the account of a context by name."""
        return next(c for c in self.result.contexts if c.name == name)

    def left(self, port: str) -> Pushes:
        """Return what left a port; nothing may have left none."""
        return next((pushes for (name, _), pushes in self.pushes.items() if name == port), [])

    def tokens(self, port: str) -> list[Any]:
        """Return the tokens that left a port."""
        return [token for _, token in self.left(port)]


def run_engines(section: ElaboratedSection, arrays: Sequence[NDArray[Any]]) -> Run:
    """Run a section on both engines, on the native one twice: at full speed, and recording."""
    ours, theirs, recorded = ([array.copy() for array in arrays] for _ in range(3))
    native = NativeEngine().run(section, ours)
    native_record = NativeEngine().run(section, recorded, record=RECORD)
    pushes: dict[tuple[str, int], Pushes] = {}
    push = Channel[Token].push

    def noted(channel: Channel[Token], ready: int, token: Token) -> int:
        time = push(channel, ready, token)
        port, number = channel.spec.name.split(" -> ")
        pushes.setdefault((port, int(number)), []).append((time, _shown(token, channel.spec.kind)))
        return time

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Channel, "push", noted)
        python = PythonEngine().run(section, theirs, record=RECORD)
    check_same(native_record, python)
    if isinstance(python, SectionResult):
        assert python.critical_path is not None
        assert sum(share.cycles for share in python.critical_path) == python.cycles
        python = replace(python, critical_path=None, timeline=None)
        for context in python.contexts:
            assert context.accounted == context.lifetime, context
            assert context.idle >= 0, context
    assert native == python
    if isinstance(native, Fault):  # the run has no result: engines stop at or behind the fault
        return Run(native, pushes, ours)
    for spec, one, other in zip(section.tensors, ours, theirs, strict=True):
        assert one.tobytes() == other.tobytes(), spec.name
    return Run(python, pushes, theirs)


def _shown(token: Token, kind: str) -> Any:
    if isinstance(token, Stop):
        named = {DONE: tokens.DONE, EMPTY: tokens.EMPTY}
        return named.get(token) or tokens.Stop(token.level)
    assert token is not None
    if kind == "vector":
        return tuple(token[0][token[1]].tolist())
    value: np.generic = first_live(token)
    return value.item()
