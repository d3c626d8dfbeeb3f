"""A report over up to 10,000,000 rows: time, memory at its highest, and the size of the page.

The rows are made for the purpose: one model, labels, true-looking names and scores; there are no
pictures to be shown. The report runs in a process of its own, whose memory is that of the report alone.
Growth says how CPU time grows over the growth of the rows (1 is linear). Ten million rows take 1 GB of disk.
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.measure import arguments, peak_rss, save, table
from sigh_batch.data.predictions import PREDICTION, PREDICTIONS_KEY

SIZES = (1_000_000, 10_000_000)
_PART = 32_768
_LOW, _HIGH = 0.3, 0.8


def write_rows(path: Path, count: int) -> None:
    """Write that many rows, some at a time."""
    draws = np.random.default_rng(7)
    with pq.ParquetWriter(str(path), PREDICTION, compression="zstd", compression_level=1) as writer:
        for start in range(0, count, _PART):
            writer.write_table(_rows(draws, range(start, min(start + _PART, count))))


def _rows(draws: np.random.Generator, numbers: range) -> pa.Table:
    size = len(numbers)
    forged = draws.random(size) < 0.3
    scores = (1 / (1 + np.exp(-draws.normal(np.where(forged, 3, -3), 2, size)))).astype(np.float32)
    verdicts = np.where(scores >= _HIGH, "flagged", np.where(scores < _LOW, "clean", "uncertain"))
    columns: dict[str, object] = {
        "schema_version": np.ones(size, np.int32),
        "run_id": ["bench"] * size,
        "row_id": [f"{number:09d}" for number in numbers],
        "path": [f"inbox/{number // 1000:05d}/screenshot {number:09d}.png" for number in numbers],
        "sha256": [f"{number:064x}" for number in numbers],
        "bytes": draws.integers(20_000, 900_000, size),
        "mime": ["image/png"] * size,
        "width": np.full(size, 1080, np.int32),
        "height": np.full(size, 2340, np.int32),
        "decode_status": ["ok"] * size,
        "model_id": ["tiles"] * size,
        "model_sha256": ["ab" * 32] * size,
        "score_raw": np.log(scores),
        "p_tampered": scores,
        "threshold_low": np.full(size, _LOW, np.float32),
        "threshold_high": np.full(size, _HIGH, np.float32),
        "verdict": verdicts.tolist(),
        "predicted_tamper_type": np.where(verdicts == "clean", None, "text_replace").tolist(),
        "phash": [f"{number:016x}" for number in numbers],
        "c2pa_status": ["absent"] * size,
        "label_true": np.where(forged, "forged", "clean").tolist(),
    }
    arrays = [
        pa.array(columns[field.name], field.type) if field.name in columns else pa.nulls(size, field.type)
        for field in PREDICTION
    ]
    return pa.Table.from_arrays(arrays, schema=PREDICTION)


def report(folder: str) -> None:
    """Write the report."""
    from sigh_batch.report.predictions.write import Asked, write_report

    write_report(Asked(url=folder))


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure every size and print the table."""
    options = arguments(__doc__.splitlines()[0], repeats=1).parse_args()
    rows: list[tuple[object, ...]] = []
    results = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            write_rows(Path(folder, PREDICTIONS_KEY), size)
            before, start = _children_seconds(), time.perf_counter()
            memory = peak_rss(report, folder)
            cpu, wall = _children_seconds() - before, time.perf_counter() - start
            page = Path(folder, "report", "index.html").stat().st_size
        growth = cpu / rows[-1][1] / (size / rows[-1][0]) if rows else "-"  # type: ignore[operator]
        rows.append((size, cpu, wall, growth, memory.peak / 2**20, page / 1e6))
        results[str(size)] = {"cpu": cpu, "wall": wall, "memory": memory, "page_bytes": page}
    columns = ("rows", "CPU, s", "wall, s", "growth", "peak memory, MiB", "page, MB")
    print(table("A report without pictures", columns, rows))
    save(options.json, "report", results)


if __name__ == "__main__":
    main()
