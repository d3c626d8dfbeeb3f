from sigh_batch.config.layers import read_flags
from sigh_batch.config.resolve import resolve
from sigh_batch.stages.engine import DISTORT_REVISION, GENERATE_REVISION, engine_of


def test_every_kind_tells_its_revision_and_what_draws_for_it() -> None:
    settings = resolve([]).settings
    generate, distort = (engine_of(kind, settings) for kind in ("generate", "distort"))
    assert generate["revision"] == f"generate/{GENERATE_REVISION}"
    assert distort["revision"] == f"distort/{DISTORT_REVISION} generate/{GENERATE_REVISION}"
    assert {"simplejpeg", "Pillow", "skia-python", "opencv-python-headless"} <= set(distort)
    assert "absent" not in distort.values()


def test_the_library_that_computes_decides_scores_and_the_other_one_need_not_be_there() -> None:
    torch = engine_of("predict", resolve([]).settings)
    onnx = engine_of("predict", resolve([read_flags({"predict.backend": "onnx"})]).settings)
    assert "torch" in torch
    assert "onnxruntime" not in torch
    assert "torch" not in onnx
    assert "onnxruntime" in onnx
