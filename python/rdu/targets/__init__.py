"""Machine descriptions: frozen data with a unit and a source for every number."""

from rdu.targets.loader import load_machine, machine_names
from rdu.targets.machine import Machine, Place, Row, UnitKind

__all__ = ["Machine", "Place", "Row", "UnitKind", "load_machine", "machine_names"]
