"""What is known of the bursts of a load or store: how long they took, how much of them was of use.

A tier counts bursts of all contexts together; what one of them asked for is bounded from there.
"""

from __future__ import annotations

from collections.abc import Iterator

from rdu.simulator.result import SectionResult
from rdu.simulator.specification import ContextSpec, ElaboratedSection


def response_cycles(section: ElaboratedSection, result: SectionResult, context: int) -> float:
    """Return about how long bursts of a context took on average.

    While it waits for room, as many are in flight as may be, and no fewer as it fires in between:
    their number times these cycles over the bursts that it asked for is what each took (Little's
    law). Loads whose text says what they touch ask for a burst a firing at least; what is left of
    the tier's bursts bounds those of this one.
    """
    spec = section.contexts[context]
    assert spec.access is not None
    tier = section.tensors[spec.access.target].tier
    others = sum(
        result.contexts[i].firings
        for i, other in _of_tier(section, tier, spec.kind)
        if i != context and _is_sure(other)
    )
    bursts = _moved(result, tier, spec.kind) // section.tiers[tier].burst_bytes - others
    account = result.contexts[context]
    limited = account.memory / max(account.lifetime - account.busy, 1)
    return section.outstanding * (account.memory + limited * account.busy) / max(bursts, 1)


def used_share(section: ElaboratedSection, result: SectionResult, context: int) -> float:
    """Return how much of what a tier moved for contexts of this kind was of use, at most.

    A word counts for each lane that asked for it.
    """
    spec = section.contexts[context]
    assert spec.access is not None
    tier = section.tensors[spec.access.target].tier
    asked = 0
    for i, other in _of_tier(section, tier, spec.kind):
        assert other.access is not None
        size = section.tensors[other.access.target].element_bytes
        asked += result.contexts[i].firings * _lanes(other) * size
    return asked / max(_moved(result, tier, spec.kind), 1)


def _of_tier(section: ElaboratedSection, tier: int, kind: str) -> Iterator[tuple[int, ContextSpec]]:
    for number, spec in enumerate(section.contexts):
        access = spec.access
        if access and spec.kind == kind and section.tensors[access.target].tier == tier:
            yield number, spec


def _moved(result: SectionResult, tier: int, kind: str) -> int:
    traffic = result.tiers[tier]
    return traffic.loaded_bytes if kind == "load" else traffic.stored_bytes


def _is_sure(spec: ContextSpec) -> bool:
    """Whether every firing asks for something: no data decides, and no data is masked."""
    assert spec.access is not None
    bounded = all(level.trips >= 0 for level in spec.levels)
    return spec.kind == "load" and bounded and not spec.access.ports


def _lanes(spec: ContextSpec) -> int:
    if spec.vector_level <= 0:
        return 1
    level = spec.levels[spec.vector_level - 1]
    return level.stride // level.step
