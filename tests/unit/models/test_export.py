"""Exported networks say what the network says, or are not written."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sigh_batch.errors import ConfigError, DataError, MissingLibrary, NotFound, SighError
from sigh_batch.models import export, onnx
from sigh_batch.models.document import Architecture, ModelDocument
from sigh_batch.models.export import draw_picture, export_model
from sigh_batch.models.file import write_model
from sigh_batch.models.opening import open_model
from sigh_batch.models.probability import sigmoid
from sigh_batch.models.strips import unpack
from sigh_batch.store import open_store
from tests.models import calibration, classes_document, pictures, put_model, tiles_document

DOCUMENTS = {"classes": classes_document, "tiles": tiles_document}


def exported(name: str, document: ModelDocument, form: Any = "onnx") -> str:
    url = f"memory://export-{name}"
    store = open_store(url)
    put_model(store, document)
    done = export_model(store, store, form, pictures(2))
    assert 0 <= done.difference <= 1e-4
    assert done.compared == 5
    assert len(store.get(done.url.removeprefix(f"{url}/"))) == done.bytes
    return url


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_onnx_runtime_gives_the_same_scores(kind: str) -> None:
    url = exported(kind, DOCUMENTS[kind](calibration=calibration()))
    here, there = (open_model(url, device="cpu", backend=backend) for backend in ("torch", "onnx"))
    assert here.document == there.document
    shown = pictures(4)
    for one, other in zip(here.score(shown, maps=True), there.score(shown, maps=True), strict=True):
        assert np.isclose(one.logit, other.logit, atol=1e-4)
        assert np.allclose((one.probability, *one.classes), (other.probability, *other.classes), atol=1e-4)
        assert np.allclose(one.operations, other.operations, atol=1e-4)
        assert (one.map is None) == (other.map is None) == (kind == "classes")
        if one.map is not None:
            assert np.allclose(one.map, other.map, atol=1e-4)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_bfloat16_says_nearly_the_same_and_is_of_torch_alone(kind: str) -> None:
    url = f"memory://half-{kind}"
    put_model(open_store(url), DOCUMENTS[kind](calibration=calibration()))
    full, half = (open_model(url, device="cpu", precision=name) for name in ("float32", "bfloat16"))
    shown = pictures(4)
    pairs = list(zip(full.score(shown, maps=True), half.score(shown, maps=True), strict=True))
    assert all(abs(one.logit - other.logit) < 0.05 for one, other in pairs)
    assert any(one.logit != other.logit for one, other in pairs)
    for one, other in pairs:
        if one.map is not None:
            assert other.map is not None
            assert other.map.dtype == np.float32
            assert np.abs(one.map - other.map).max() < 0.05
    with pytest.raises(ConfigError, match="torch alone"):
        open_model(url, device="cpu", backend="onnx", precision="bfloat16")


def test_memory_does_not_grow_with_the_sizes_that_were_seen() -> None:
    detector = open_model(exported("memory", tiles_document()), device="cpu", backend="onnx")

    def held() -> float:
        """Return the MiB of this process after pictures of many sizes."""
        for number in range(8):
            detector.score([np.zeros((256 + 32 * number, 256, 3), np.uint8)])
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20

    once = held()
    assert held() - once < 20


@pytest.mark.parametrize("shape", [(1000, 40), (40, 1000)])
def test_a_large_picture_goes_in_strips_and_is_told_the_same(shape: tuple[int, int]) -> None:
    store = open_store(exported("strips", tiles_document()))
    strips = unpack(store.get("model.strips.zip"), lambda graph: onnx.open_session(graph, "a graph"))
    pixels = draw_picture(shape)
    logit, operations, changed = strips.look(pixels, 20_000)
    (whole,) = open_model(store.url, device="cpu", backend="onnx").score([pixels], maps=True)
    assert abs(logit - whole.logit) < 1e-4
    assert np.allclose(sigmoid(operations), whole.operations, atol=1e-4)
    assert np.allclose(sigmoid(changed), whole.map, atol=1e-4)


def test_strips_that_are_damaged_are_refused_and_a_model_does_without_any() -> None:
    url = exported("torn", tiles_document())
    open_store(url).put("model.strips.zip", b"nothing")
    with pytest.raises(DataError, match=r"model\.strips\.zip in .* is damaged"):
        open_model(url, backend="onnx")
    open_store(url).delete("model.strips.zip")
    assert open_model(url, backend="onnx").score([draw_picture((40, 40))])


WITHOUT_TORCH = """
import sys
from importlib.machinery import PathFinder

class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "torchvision", "timm", "safetensors", "ray"):
            return None
        return super().find_spec(name, path, target)

sys.meta_path[:] = [Without if finder is PathFinder else finder for finder in sys.meta_path]
import numpy as np
from sigh_batch import errors
from sigh_batch.models.opening import open_model

url, backend = sys.argv[1:]
try:
    print(open_model(url, backend=backend).score([np.zeros((40, 24, 3), np.uint8)])[0].logit)
except errors.MissingLibrary as error:
    print(error)
"""


def test_without_torch_tiles_are_scored_and_all_else_is_refused_in_a_sentence(tmp_path: Path) -> None:
    def said(kind: str, backend: str) -> str:
        command = [sys.executable, "-c", WITHOUT_TORCH, str(tmp_path / kind), backend]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    for kind, document in DOCUMENTS.items():
        store = open_store(str(tmp_path / kind))
        put_model(store, document())
        export_model(store, store, "onnx", pictures(1))
    (here,) = open_model(str(tmp_path / "tiles"), backend="onnx").score([np.zeros((40, 24, 3), np.uint8)])
    assert float(said("tiles", "onnx")) == here.logit
    assert "there is no torch here; install it" in said("classes", "onnx")
    assert "--set predict.backend=onnx" in said("tiles", "auto")


def test_a_program_of_torch() -> None:
    exported("program", classes_document(), "pt2")


def test_a_file_of_other_weights_is_refused() -> None:
    url = exported("other", classes_document())
    put_model(open_store(url), classes_document(("a", "b", "c")))
    with pytest.raises(DataError, match="not exported from the weights"):
        open_model(url, backend="onnx")
    open_store(url).put("model.onnx", b"nothing")
    with pytest.raises(DataError, match="not a network that can be run"):
        open_model(url, backend="onnx")
    open_store(url).delete("model.onnx")
    with pytest.raises(NotFound, match=f"sigh models export {url} --format onnx"):
        open_model(url, backend="onnx")


def test_an_export_to_another_place_opens_there() -> None:
    store, out = open_store("memory://export-from"), open_store("memory://export-to")
    put_model(store, classes_document())
    done = export_model(store, out, "onnx")
    assert done.url == "memory://export-to/model.onnx"
    assert store.stat("model.onnx") is None
    assert open_model("memory://export-to", backend="onnx").score(pictures(1))


def test_what_differs_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store("memory://export-differs")
    put_model(store, classes_document())
    runner = export._runner
    monkeypatch.setattr(
        export, "_runner", lambda *args: lambda shown: [answer + 2e-4 for answer in runner(*args)(shown)]
    )
    with pytest.raises(SighError, match=r"exported as pt2 differs by 0\.0002 from the network"):
        export_model(store, store, "pt2")
    assert store.stat("model.pt2") is None


def test_without_the_libraries_a_sentence_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (onnx, export):
        monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(MissingLibrary, match=r"pip install 'sigh-batch\[onnx\]'"):
        onnx.open_session(b"", "it")
    store = open_store("memory://export-missing")
    put_model(store, classes_document())
    with pytest.raises(MissingLibrary, match=r"pip install 'sigh-batch\[onnx\]'"):
        export_model(store, store, "onnx")


def test_drawn_pictures_are_the_same_everywhere() -> None:
    one = draw_picture((64, 80))
    assert one.shape == (64, 80, 3)
    assert np.array_equal(one, draw_picture((64, 80)))
    assert len(np.unique(one)) > 100


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["resnet50", "efficientnet_b0", "vit_b_16", "convnext_tiny", "timm/vit_tiny_patch16_224"],
)
def test_backbones_export(name: str) -> None:
    from sigh_batch.models.backbones import find_backbone
    from sigh_batch.models.networks import build_network

    found = find_backbone(name)
    document = classes_document(
        architecture=Architecture(name=found.name, options={"size": [64, 64]}),
        geometry=found.geometry.model_copy(update={"height": 64, "width": 64}),
    )
    store = open_store(f"memory://export-{name.replace('/', '-')}")
    write_model(store, document, build_network(document.architecture, 2).state_dict())
    assert export_model(store, store, "onnx").difference <= 1e-4
