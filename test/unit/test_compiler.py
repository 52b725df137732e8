"""`rdu.compile`, its artifact and `rdu.load`, called wrongly: each says what it expects.

The number in front of each expectation is the exit code that a tool would give.
"""

import shutil

import numpy as np
import pytest
import torch

import rdu
from rdu.support.diagnostics import RduError

X = torch.linspace(-1, 1, 16).reshape(2, 8)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return torch.nn.Linear(8, 4).eval()


@pytest.fixture(scope="module")
def artifact(model):
    return rdu.compile(model, (X,))


@pytest.fixture(scope="module")
def folder(artifact, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "linear"
    artifact.save(path)
    return path


def refusal(call):
    """What a call is refused with: its exit code and all its messages."""
    with pytest.raises(RduError) as refused:
        call()
    return f"{int(refused.value.exit_code)} {refused.value.render()}"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"target": "plasticin"}, "2 error: unknown machine 'plasticin'"),
        ({"target": None}, "2 error: unknown machine 'None'"),
        ({"until": "patern"}, "2 error: until: no level 'patern': expected one of 'linalg',"),
        ({"engine": "nativ"}, "2 error: unknown engine 'nativ': expected 'native' or 'python'"),
        ({"overrides": "dram.latency=3"}, "2 error: overrides: expected values by key, got str"),
        ({"overrides": {"dram.latncy": 3}}, "2 error: unknown machine parameter 'dram.latncy'"),
        ({"seed": -3}, "2 --pass-pipeline:1:103: error: pass 'rdu-place': option 'seed' is -3"),
    ],
)
def test_wrong_settings_are_refused(model, settings, expected):
    assert refusal(lambda: rdu.compile(model, (X,), **settings)).startswith(expected)


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"pcu.lanes": 7}, "has too many lanes: expected at most 7, got 16"),
        ({"pmu.bytes": 1}, "has too many bytes: expected at most 1"),
        ({"grid.rows": 1, "grid.columns": 1}, "expected"),
    ],
)
def test_what_does_not_fit_the_machine_as_changed_is_refused(model, overrides, expected):
    said = refusal(lambda: rdu.compile(model, (X,), overrides=overrides))
    assert said.startswith("3 ")
    assert expected in said


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "2 error: 0 arguments given: expected 1 (input)"),
        ((X, X), "2 error: 2 arguments given: expected 1 (input)"),
        ((X[:, :7],), "1 error: input 'input': expected float32[2, 8], got float32[2, 7]"),
        ((X.double(),), "1 error: input 'input': expected float32[2, 8], got float64[2, 8]"),
        ((None,), "1 error: input 'input': expected a tensor, got None"),
        (([X],), "1 error: input 'input': expected a tensor, got list"),
        ((X.numpy(),), "1 error: input 'input': expected a tensor, got ndarray"),
        ((X.to("meta"),), "1 error: input 'input': expected values, got a tensor on the meta"),
        ((X.to_sparse(),), "1 error: input 'input': expected a dense tensor, got layout torch.sp"),
    ],
)
def test_wrong_arguments_are_refused_called_and_checked(artifact, arguments, expected):
    assert refusal(lambda: artifact(*arguments)).startswith(expected)
    assert refusal(lambda: artifact.check(*arguments)).startswith(expected)


def test_runs_take_arrays_by_name(artifact):
    assert refusal(lambda: artifact.run([X.numpy()])) == (
        "2 error: inputs: expected arrays by name, got list"
    )


def test_a_shape_that_the_model_refuses_says_so_once(model, capfd):
    said = refusal(lambda: rdu.compile(model, (torch.zeros(2, 9),)))
    assert said.startswith("1 ")
    assert "'Linear' cannot be exported" in said
    assert capfd.readouterr().err == ""


def test_where_nothing_can_be_saved(model, artifact, tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be made" in refusal(lambda: artifact.save(tmp_path / "file"))
    above = rdu.compile(model, (X,), until="pattern")
    assert refusal(lambda: above.save(tmp_path / "above")).startswith("2 error: no level")
    assert not (tmp_path / "above").exists()


def test_load_and_call(artifact, folder):
    loaded = rdu.load(folder)
    np.testing.assert_array_equal(loaded(X.numpy())["output0"], artifact(X).numpy())


def cut(path):
    path.write_text(path.read_text()[:300])


@pytest.mark.parametrize(
    ("file", "spoil", "expected"),
    [
        ("", shutil.rmtree, "2 error: input '{folder}/model.rdu' cannot be read: No such file"),
        ("model.rdu", lambda f: f.unlink(), "2 error: input '{folder}/model.rdu' cannot be read"),
        ("model.rdu", lambda f: f.write_bytes(b"\xff"), "1 {folder}/model.rdu:1:1: error: unread"),
        ("model.rdu", cut, "1 {folder}/model.rdu:1:1: error: the file is incomplete"),
        (
            "model.rdu",
            lambda f: f.write_text(f.read_text().replace("sha256:", "sha256:0")),
            "1 {folder}/model.rdu:2:1: error: machine 'plasticine' is not the one of the program",
        ),
        (
            "weights.safetensors",
            lambda f: f.unlink(),
            "2 error: tensor file '{folder}/weights.safetensors' cannot be read: No such file",
        ),
        (
            "weights.safetensors",
            lambda f: f.write_bytes(b"no"),
            "1 {folder}/weights.safetensors: error: not a .safetensors file of tensors: ",
        ),
    ],
)
def test_broken_folders_are_refused(folder, tmp_path, file, spoil, expected):
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    spoil(broken / file)
    assert refusal(lambda: rdu.load(broken)).startswith(expected.format(folder=broken))
