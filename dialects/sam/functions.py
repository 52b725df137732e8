"""What primitives share that compute a function which an attribute names."""

from rdu.dialects.sam.primitive import Primitive, kind_for
from rdu.dialects.sam.streams import Kind, one_of
from rdu.semantics.dtypes import DType
from rdu.semantics.sparse.functions import result, takes


class Function(Primitive):
    """A primitive whose attribute `function` names what it computes."""

    messages = Primitive.messages | {
        "function": "function is '{have}': expected {need}",
    }

    def expect_function(self, names: tuple[str, ...], element: DType) -> None:
        """Check that the function is one of those, and exists for values of a type."""
        known = [name for name in names if takes(name, element)]
        if self.function.value not in known:
            self.error("function", have=self.function.value, need=one_of(known))

    def given(self, element: DType, lanes: int) -> Kind:
        """Return what the function gives of operands of a type, `lanes` of them in a token."""
        return kind_for(self, result(self.function.value, element), lanes)


def each_width(op: Primitive, element: str, lanes: int) -> tuple[Kind, Kind]:
    """Return what operands of vectors may carry: scalars, which stand on all lanes, or vectors."""
    return kind_for(op, element), kind_for(op, element, lanes)
