"""Every kernel of SAM's compiler, run as linalg and compared with NumPy."""

import numpy as np
import pytest
from notation_references import EXTENTS, REFERENCES, random_arrays

from rdu.frontends.sparse.notation import KERNELS, to_linalg
from rdu.interpreter import run
from rdu.mlir_ext import ir, sparse_tensor

TYPES = {"f32": np.float32, "i32": np.int32}


def test_all_of_them_are_there() -> None:
    assert len(KERNELS) == 32
    assert KERNELS.keys() == REFERENCES.keys()
    assert all(name == kernel.name and kernel.meaning for name, kernel in KERNELS.items())


@pytest.mark.parametrize("element", TYPES)
@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_computes_what_numpy_does(name: str, element: str) -> None:
    kernel = KERNELS[name]
    shapes = kernel.shapes(EXTENTS)
    module = to_linalg(
        kernel.statement, shapes, formats=kernel.formats, order=kernel.order, dtype=element
    )
    (result,) = (each.result for each in kernel.program.statements)
    for seed, density in enumerate((0.0, 0.1, 0.5, 1.0)):
        arrays = random_arrays(shapes, density, TYPES[element], seed)
        found = run(module, arrays)[result.tensor]
        assert found.dtype == TYPES[element]
        np.testing.assert_array_equal(found, REFERENCES[name](arrays))


@pytest.mark.parametrize("empty", ["B", "C", "D"])
def test_one_tensor_without_values(empty: str) -> None:
    for name in ("mat_elemadd3", "mat_sddmm", "tensor3_mttkrp"):
        kernel = KERNELS[name]
        arrays = random_arrays(kernel.shapes(EXTENTS), 0.7, np.float32, 3)
        arrays[empty][:] = 0
        found = run(to_linalg(kernel.statement, arrays, formats=kernel.formats), arrays)["X"]
        np.testing.assert_array_equal(found, REFERENCES[name](arrays))


@pytest.mark.parametrize("name", KERNELS)
def test_types_have_the_formats_and_ops_the_loops(name: str) -> None:
    kernel = KERNELS[name]
    (statement,) = kernel.program.statements
    shapes = kernel.shapes(EXTENTS)
    module = to_linalg(kernel.statement, shapes, formats=kernel.formats, order=kernel.order)
    function = module.body.operations[0]
    kind = ir.FunctionType(ir.TypeAttr(function.attributes["function_type"]).value)
    types = dict(zip(shapes, kind.inputs, strict=True))
    types[statement.result.tensor] = kind.results[0]
    for tensor, form in kernel.formats.items():
        assert stored_as(types[tensor]) == (form if "s" in form or ":" in form else None)
    generics = [
        op for op in function.body.blocks[0].operations if op.operation.name == "linalg.generic"
    ]
    loops = [[name.value for name in op.attributes["sam.variables"]] for op in generics]
    assert sorted({loop for each in loops for loop in each}) == sorted(statement.variables)
    for op in generics if kernel.order else []:
        assert "".join(loop.value for loop in op.attributes["sam.order"]) == kernel.order


def stored_as(kind: ir.Type) -> str | None:
    """Return a type's format as SAM writes it, None for an array."""
    if kind.encoding is None:
        return None
    encoding = sparse_tensor.EncodingAttr(kind.encoding)
    letters = {"dense": "d", "compressed": "s"}
    levels = "".join(letters[str(each).rpartition(".")[2]] for each in names(encoding))
    order = [ir.AffineDimExpr(each).position for each in encoding.dim_to_lvl.results]
    in_order = order == sorted(order)
    return levels if in_order else f"{levels}:{','.join(map(str, order))}"


def names(encoding: sparse_tensor.EncodingAttr) -> list[str]:
    return [sparse_tensor.LevelFormat(each).name for each in encoding.lvl_formats_enum]


def test_only_two_kernels_need_intermediates() -> None:
    several = []
    for name, kernel in KERNELS.items():
        module = to_linalg(kernel.statement, kernel.shapes(EXTENTS))
        if str(module).count("linalg.generic") > 1:
            several.append(name)
    assert several == ["mat_mattransmul", "mat_residual"]
