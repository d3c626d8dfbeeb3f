"""The tables of the house: which room may import which, and where each heavy library lives.

Rooms that are planned and not built yet already have their line.
"""

from __future__ import annotations

BASE = ("errors", "registry", "rng")
"""What every room but these three may import."""

ROOMS: dict[str, tuple[str, ...]] = {
    "__main__": ("cli",),
    # The base.
    "errors": (),
    "registry": ("errors",),
    "rng": ("errors",),
    # What a run is told.
    "config": (),
    # Where bytes go, and what shape they have.
    "store": (),
    "data": ("store",),
    # What is said, how it is drawn, what is done to it: no shard, no store.
    "scene": ("config",),
    "render": ("config", "scene", "data.sample"),
    "forge": ("config", "scene", "render", "data.sample"),
    "degrade": ("config", "render.arithmetic", "render.encode", "data.sample"),
    # JPEG tables tell the quality that a file was saved with.
    "sources": ("config", "store", "data", "degrade.jpeg_file", "degrade.jpeg_tables", "render.encode"),
    # Detectors and generators: they read stored sets.
    "models": ("config", "store", "data"),
    "metrics": ("config", "data"),
    "training": (
        *("config", "store", "data", "degrade", "sources", "stages", "models", "metrics", "runlog"),
        "render.fonts",  # words are written over by others in them
    ),
    "tuning": ("config", "store", "data", "sources", "models", "metrics", "training"),
    "evaluation": (
        *("config", "store", "data", "degrade", "sources", "models", "metrics"),
        "stages.verdicts",  # a verdict in the words of predict
        "render.encode",  # true masks as PNG
        "training.folders",  # which pictures of a folder a model never learned from
    ),
    # index -> sample.
    "stages": (
        *("config", "scene", "render", "forge", "degrade", "sources", "models"),
        *("data.sample", "data.names"),
    ),
    # A whole run, and the process that works on it.
    "kinds": ("config", "store", "data", "sources", "stages", "models"),
    "run": ("config", "store", "data", "sources", "stages", "kinds"),
    "runlog": ("store",),
    # Numbers as Kubernetes writes them; the worker reads them, and so does who started it.
    "intervals": (),
    "memory": (),
    "worker": (
        "config",
        "store",
        "data",
        "stages",
        "training",
        "tuning",
        "evaluation",
        "run",
        "runlog",
        "intervals",
        "memory",
    ),
    "runners": ("config", "store", "data", "run", "worker", "intervals"),
    "doctor": ("config", "store", "render", "runners"),
    # What people look at: it reads what is stored.
    "report": ("config", "store", "data", "sources", "metrics", "evaluation", "audit"),
    "audit": ("config", "scene.locale", "store", "data", "degrade", "metrics"),
    "console": ("config", "store", "data", "report", "runners"),
    "cli": (
        "config",
        "store",
        "data",
        "forge",
        "sources",
        "stages",
        "models",
        "training",
        "tuning",
        "evaluation",
        "audit",
        "report",
        "kinds",
        "run",
        "intervals",
        "runners",
        "doctor",
        "console",
    ),
}
"""Room -> the rooms (or single modules) it may import besides itself and the base."""

HOMES: dict[str, tuple[str, ...]] = {
    # Clients of the outside.
    "boto3": ("store.s3",),
    "botocore": ("store.s3",),
    "obstore": ("store.s3",),
    "kubernetes": ("runners.kubernetes",),
    "urllib3": ("runners.kubernetes",),
    "django": ("console",),
    # Learning.
    "torch": ("models", "training", "metrics"),
    "torchvision": ("models", "training"),
    "timm": ("models",),
    "transformers": ("models",),
    "diffusers": ("models", "forge"),
    "torchmetrics": ("metrics",),
    "safetensors": ("models", "training"),
    "onnx": ("models",),
    "onnxruntime": ("models",),
    "tensorboard": ("training",),
    "mlflow": ("training",),
    "wandb": ("training",),
    "trackio": ("training",),
    "sklearn": ("audit",),
    "threadpoolctl": ("audit",),
    "optuna": ("tuning",),
    "ray": ("tuning", "runners"),
    # Pictures.
    "skia": ("render",),
    "uharfbuzz": ("render",),
    "PIL": ("render", "forge", "degrade", "sources", "data", "training.writing", "audit", "report", "doctor"),
    "cv2": ("render", "forge", "degrade", "sources", "audit", "models", "training"),
    "isal": ("render",),
    "c2pa": ("sources.credentials",),
    "simplejpeg": ("render", "degrade", "models", "training"),
    # Tables, words, pages.
    "pyarrow": ("data", "audit", "report", "evaluation", "tuning.summary"),
    "orjson": ("data",),
    "faker": ("scene",),
    "jinja2": ("report",),
    "markupsafe": ("report",),
    "pydantic": ("config", "run", "models.document", "evaluation.document", "tuning.space"),
    "yaml": ("config", "scene", "cli", "tuning.summary"),
    "click": ("cli",),
    "rich": ("cli",),
}
"""Library -> the rooms or modules that may import it."""

LAZY = frozenset(
    {
        "boto3",
        "botocore",
        "c2pa",
        "cv2",
        "django",
        "faker",
        "kubernetes",
        "numpy",
        "obstore",
        "onnx",
        "onnxruntime",
        "optuna",
        "PIL",
        "polars",
    }
    | {
        "pyarrow",
        "ray",
        "rich",
        "skia",
        "sklearn",
        "timm",
        "torch",
        "torchvision",
        "transformers",
        "uharfbuzz",
    }
)
"""What neither `import sigh_batch` nor `sigh --help` may load."""

VAGUE = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "stuff", "tools"})
"""Words no module is called by: nobody owns such a room, so faults live there."""

MODULE_LINES = 400
FUNCTION_LINES = 80
COMMAND_LINES = 25
