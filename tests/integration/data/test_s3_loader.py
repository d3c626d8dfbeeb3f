"""A data set read from a real S3 server by ranges, in this process and in others."""

import multiprocessing

import pytest

from sigh_batch.data.loader import Dataset, open_dataset
from sigh_batch.data.order import Order
from sigh_batch.data.plan import Plan
from sigh_batch.data.verify import verify
from sigh_batch.store import open_store
from tests.sets import make_sample, write_set

pytestmark = pytest.mark.s3


def indexes(dataset: Dataset, order: list[int]) -> list[int]:
    return [item.annotation["index"] for item in dataset.stream(order)]


def test_a_set_in_a_bucket_is_read_in_any_order_by_any_process(real_s3: str) -> None:
    url = f"{real_s3}/ds"
    write_set(open_store(url), Plan(60, 4))
    dataset = open_dataset(url)
    order = list(Order(60, seed=5))
    assert indexes(dataset, order) == order
    assert dataset[7].image == make_sample(7).image
    assert dataset[7].mask == make_sample(7).mask
    assert [item.annotation["index"] for item in dataset.where(label=1)] == list(range(3, 60, 4))
    assert [row["id"] for row in dataset[10:12].rows(["id"])] == ["000010", "000011"]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(indexes, (dataset, order[:9])) == order[:9]
    assert [problem for step in verify(open_store(url)) for problem in step.problems] == []
