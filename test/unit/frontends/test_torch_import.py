"""PyTorch models become linalg on tensors with named arguments at the user's lines."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from rdu.mlir_ext import ir
from rdu.mlir_ext.context import make_context
from rdu.mlir_ext.locations import source_location

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from rdu.frontends.torch import ImportedModel, import_module  # noqa: E402
from rdu.frontends.torch.lines import user_frame  # noqa: E402

ROOT = Path(__file__).parents[3]


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def operations(imported: ImportedModel) -> list[ir.Operation]:
    found: list[ir.Operation] = []

    def visit(operation: ir.Operation) -> ir.WalkResult:
        found.append(operation)
        return ir.WalkResult.ADVANCE

    imported.module.operation.walk(visit)
    return found


def attributes(imported: ImportedModel, which: str) -> list[tuple[str, str]]:
    main: Any = imported.module.body.operations[0]
    return [(a["rdu.name"].value, a["rdu.role"].value) for a in main.attributes[which]]


def imported_model(model: nn.Module, *arguments: torch.Tensor) -> ImportedModel:
    """Import into a context of upstream dialects: linalg needs no other."""
    return import_module(model, arguments, make_context(project=False))


@pytest.fixture(scope="module")
def mlp() -> ImportedModel:
    module = example("mlp_model")
    return imported_model(module.make_model(), *module.make_inputs())


def test_arguments_and_results_are_named(mlp: ImportedModel) -> None:
    weights = [f"fc{i}.{part}" for i in (1, 2, 3) for part in ("weight", "bias")]
    assert attributes(mlp, "arg_attrs") == [(w, "weight") for w in weights] + [("x", "input")]
    assert attributes(mlp, "res_attrs") == [("output0", "output")]
    assert [name for name, _ in mlp.weights] == weights
    assert [(t.name, t.shape, t.dtype) for t in mlp.inputs] == [("x", (64, 784), "f32")]
    assert [(t.name, t.shape, t.dtype) for t in mlp.outputs] == [("output0", (64, 10), "f32")]


def test_weights_stay_out_of_the_module(mlp: ImportedModel) -> None:
    assert len(mlp.module.operation.get_asm()) < 5_000
    name, weight = mlp.weights[0]
    assert np.shares_memory(mlp.weight_arrays()[name], weight.detach().numpy())


def test_every_contraction_has_its_line(mlp: ImportedModel) -> None:
    source = (ROOT / "examples" / "mlp_model.py").read_text().splitlines()
    places = [source_location(o.location) for o in operations(mlp) if o.name == "linalg.matmul"]
    assert [source[p.line - 1].strip() for p in places if p] == [
        "x = torch.relu(self.fc1(x))",
        "x = torch.relu(self.fc2(x))",
        "return self.fc3(x)",
    ]
    assert all(p and p.file.endswith("mlp_model.py") for p in places)


class Nested(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = Doubling()

    def forward(self, x: torch.Tensor, input0: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"sum": self.inner(x) + input0, "same": x}


class Doubling(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("x", torch.full((3,), 2.0))
        self.unused = nn.Parameter(torch.zeros(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.x


def test_several_results_and_a_returned_argument() -> None:
    imported = imported_model(Nested().eval(), torch.ones(3), torch.ones(3))
    assert attributes(imported, "arg_attrs") == [
        ("inner.x", "weight"), ("x", "input"), ("input0", "input"),
    ]  # fmt: skip
    assert [t.name for t in imported.outputs] == ["output0", "output1"]
    arrays = {"output0": np.full(3, 3.0, np.float32), "output1": np.ones(3, np.float32)}
    packed = imported.pack_outputs(arrays)
    assert list(packed) == ["sum", "same"]
    assert packed["sum"].tolist() == [3.0] * 3
    assert list(imported.input_arrays((torch.zeros(3), torch.ones(3)))) == ["x", "input0"]


def test_names_never_collide() -> None:
    imported = imported_model(Doubling().eval(), torch.ones(3))
    assert attributes(imported, "arg_attrs") == [("x", "weight"), ("x_", "input")]


class Difference(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4))

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x - 2 * y + self.weight


@pytest.mark.parametrize("of_model", [False, True])
def test_a_tensor_given_twice_is_two_inputs(of_model: bool) -> None:
    model = Difference().eval()
    x = model.weight if of_model else torch.ones(4)
    imported = imported_model(model, x, x)
    (read,) = (o for o in operations(imported) if o.name == "func.func")
    assert all(len(list(a.uses)) == 1 for a in read.regions[0].blocks[0].arguments)


def test_library_models_keep_the_layer_apart() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Sigmoid())
    imported = imported_model(model, torch.ones(2, 4))
    places = {source_location(o.location) for o in operations(imported)}
    names = {Path(p.file).name for p in places if p}
    assert {"linear.py", "activation.py"} <= names


def test_the_innermost_frame_of_the_user_counts() -> None:
    torch_frame = (str(Path(torch.__path__[0]) / "nn" / "linear.py"), 134)
    frames = [("/home/me/net.py", 10), ("/home/me/block.py", 3), torch_frame]
    place = user_frame(frames)
    assert place is not None
    assert (place.file, place.line) == ("/home/me/block.py", 3)
    assert user_frame([]) is None


def test_importing_the_frontend_imports_no_torch() -> None:
    code = "import rdu.frontends.torch, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
