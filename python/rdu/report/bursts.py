"""What is known of the bursts of a load or store: how long they took, how much of them was of use.

A tier counts bursts of all contexts together; what one of them asked for is bounded from there.
"""

from __future__ import annotations

from collections.abc import Iterator

from rdu.configuration.sparse import FORMS
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
    tier = section.tier_of(spec)
    assert tier is not None
    others = sum(
        result.contexts[i].firings
        for i, other in _of_tier(section, tier, loading=loads(spec))
        if i != context and _is_sure(other)
    )
    moved = _moved(result, tier, loading=loads(spec))
    bursts = moved // section.tiers[tier].burst_bytes - others
    account = result.contexts[context]
    limited = account.memory / max(account.lifetime - account.busy, 1)
    return section.outstanding * (account.memory + limited * account.busy) / max(bursts, 1)


def used_share(section: ElaboratedSection, result: SectionResult, context: int) -> float:
    """Return how much of what a tier moved for contexts of this kind was of use, at most.

    A word counts for each lane that asked for it.
    """
    spec = section.contexts[context]
    tier = section.tier_of(spec)
    assert tier is not None
    asked = 0
    for i, other in _of_tier(section, tier, loading=loads(spec)):
        size = section.tensors[_target(other)].element_bytes
        asked += result.contexts[i].firings * _lanes(other) * size
    return asked / max(_moved(result, tier, loading=loads(spec)), 1)


def loads(spec: ContextSpec) -> bool:
    """Whether a context that asks a tier for bursts loads them, and does not store."""
    return spec.kind == "load" or (spec.sparse is not None and not FORMS[spec.kind].stores)


def _of_tier(
    section: ElaboratedSection, tier: int, *, loading: bool
) -> Iterator[tuple[int, ContextSpec]]:
    for number, spec in enumerate(section.contexts):
        if section.tier_of(spec) == tier and loads(spec) == loading:
            yield number, spec


def _moved(result: SectionResult, tier: int, *, loading: bool) -> int:
    traffic = result.tiers[tier]
    return traffic.loaded_bytes if loading else traffic.stored_bytes


def _is_sure(spec: ContextSpec) -> bool:
    """Whether every firing asks for something: no data decides, and no data is masked."""
    bounded = all(level.trips >= 0 for level in spec.levels)
    return spec.kind == "load" and bounded and spec.access is not None and not spec.access.ports


def _target(spec: ContextSpec) -> int:
    if spec.access is not None:
        return spec.access.target
    assert spec.sparse is not None
    return spec.sparse.tensors[0]


def _lanes(spec: ContextSpec) -> int:
    if spec.vector_level <= 0:
        return 1
    level = spec.levels[spec.vector_level - 1]
    return level.stride // level.step
