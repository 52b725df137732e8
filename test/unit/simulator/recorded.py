"""What two engines recorded of one run is the same."""

from __future__ import annotations

import numpy as np

from rdu.simulator.recording.record import Record
from rdu.simulator.result import Deadlock, Fault, SectionResult

RECORD = Record(critical_path=True, buckets=32)
Outcome = SectionResult | Deadlock | Fault


def check_same(ours: Outcome, theirs: Outcome) -> None:
    """Assert that outcomes are equal with all that was recorded of them."""
    assert ours == theirs
    if not isinstance(ours, SectionResult) or not isinstance(theirs, SectionResult):
        return
    assert (ours.timeline is None) == (theirs.timeline is None)
    if ours.timeline is None or theirs.timeline is None:
        return
    assert ours.timeline.bucket == theirs.timeline.bucket
    assert ours.timeline.states == theirs.timeline.states
    for track, other in zip(ours.timeline.cycles, theirs.timeline.cycles, strict=True):
        np.testing.assert_array_equal(track, other)
