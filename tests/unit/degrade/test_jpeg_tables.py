from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from sigh_batch.degrade.jpeg_file import read_jpeg
from sigh_batch.degrade.jpeg_tables import FAMILIES, jpeg_tables


def test_each_family_is_described_and_has_steps_from_1_to_255() -> None:
    assert len(FAMILIES) == 7
    for family in FAMILIES:
        for quality in (1, 30, 50, 75, 100):
            for table in jpeg_tables(family, quality, quality):
                assert len(table) == 64
                assert min(table) >= 1
                assert max(table) <= 255


@pytest.mark.parametrize("quality", range(1, 101))
def test_annex_k_is_scaled_as_the_library_scales_it(quality: int) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", quality=quality)
    tables = read_jpeg(out.getvalue()).tables
    assert (tables[0], tables[1]) == jpeg_tables("annex_k", quality, quality)


def test_the_families_differ_at_every_usual_quality() -> None:
    for quality in (50, 75, 90):
        assert len({jpeg_tables(family, quality, quality) for family in FAMILIES}) == len(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_higher_quality_has_finer_steps(family: str) -> None:
    means = [np.mean(jpeg_tables(family, quality, quality)) for quality in (20, 40, 60, 80, 95)]
    assert means == sorted(means, reverse=True)


def test_chroma_has_a_quality_of_its_own() -> None:
    luma, chroma = jpeg_tables("annex_k", 90, 50)
    assert luma == jpeg_tables("annex_k", 90, 90)[0]
    assert chroma == jpeg_tables("annex_k", 50, 50)[1]
