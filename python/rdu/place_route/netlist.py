"""What is placed and routed: named units of a kind, and nets between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rdu.targets import UnitKind

NetKind = Literal["vector", "scalar", "control"]
NET_KINDS: tuple[NetKind, ...] = ("vector", "scalar", "control")


@dataclass(frozen=True, slots=True)
class NetUnit:
    """A unit to be placed on a slot of its kind."""

    name: str
    kind: UnitKind


@dataclass(frozen=True, slots=True)
class Net:
    """An output port of a unit and the units that consume its tokens.

    Attributes:
        name: unique among the nets.
        kind: which tracks it takes.
        source: name of the producing unit.
        sinks: name of the consuming unit of each channel; a unit may occur more than once, and
            may be the source itself.
        weight: how much a hop of this net costs, for example its tokens.
    """

    name: str
    kind: NetKind
    source: str
    sinks: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Netlist:
    """The units and nets of one section.

    Raises:
        ValueError: a name occurs twice, or a net names a unit that is not there.
    """

    units: tuple[NetUnit, ...]
    nets: tuple[Net, ...]

    def __post_init__(self) -> None:
        units = {unit.name for unit in self.units}
        if len(units) != len(self.units) or len({net.name for net in self.nets}) != len(self.nets):
            raise ValueError("a netlist needs distinct names")
        for net in self.nets:
            if not units.issuperset((net.source, *net.sinks)):
                raise ValueError(f"net '{net.name}' has an end that is no unit of the netlist")
