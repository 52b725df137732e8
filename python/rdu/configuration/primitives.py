"""The stream primitives: which ports each of them has."""

from __future__ import annotations

from typing import NamedTuple

from rdu.configuration.model import Primitive, Route


class Form(NamedTuple):
    """The ports of a primitive: one or `several` inputs and outputs, and those beside them."""

    several_inputs: bool = False
    several_outputs: bool = False
    by: bool = False
    source: bool = False

    def fits(self, route: Route) -> bool:
        """Whether a route has these ports; that of the source is optional."""
        return (
            (len(route.inputs) == 1 or (self.several_inputs and bool(route.inputs)))
            and (len(route.outputs) == 1 or (self.several_outputs and bool(route.outputs)))
            and (route.by is not None) == self.by
            and (route.source is None or self.source)
        )


FORMS: dict[Primitive, Form] = {
    "filter": Form(by=True),
    "partition": Form(several_outputs=True, by=True),
    "merge": Form(several_inputs=True, source=True),
    "reassemble": Form(several_inputs=True, by=True),
    "compact": Form(),
}
