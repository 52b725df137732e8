"""Random sections in which data decides: plain ones, twisted."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from random_accesses import gathers, skewed, updates, windows
from random_arrays import array
from random_fabric import with_leftovers, with_network, with_tiers
from random_sections import RandomSection
from random_twists import by_comparison, by_value, forever, in_first_or_last, ragged

from rdu.simulator.specification import ElaboratedSection

TWISTS: tuple[Callable[[RandomSection], None], ...] = (
    gathers,
    updates,
    skewed,
    windows,
    ragged,
    in_first_or_last,
    by_comparison,
    by_value,
    array,
    forever,
)
"""In the order in which they are done: each leaves alone what those before it have decided."""

SURROUNDINGS: tuple[Callable[[ElaboratedSection, Random], ElaboratedSection], ...] = (
    with_tiers,
    with_network,
    with_leftovers,
)


def irregular(random: Random, longest: int = 4) -> tuple[RandomSection, ElaboratedSection]:
    """Return a twisted section, and what it is made of."""
    made = RandomSection(random, longest)
    for twist in TWISTS:
        if random.random() < 0.35:
            twist(made)
    return made, surrounded(made.section, random)


def surrounded(section: ElaboratedSection, random: Random) -> ElaboratedSection:
    """Return a section with other surroundings, at times."""
    for surround in SURROUNDINGS:
        if random.random() < 0.35:
            section = surround(section, random)
    return section
