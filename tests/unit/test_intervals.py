import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigh_batch import intervals
from sigh_batch.errors import ConfigError


@given(st.sets(st.integers(0, 200)))
def test_what_is_written_is_read(numbers: set[int]) -> None:
    assert intervals.parse(intervals.write(sorted(numbers))) == sorted(numbers)


def test_texts_are_as_kubernetes_writes_them() -> None:
    assert intervals.parse("0,3-7,12") == [0, 3, 4, 5, 6, 7, 12]
    assert intervals.write([0, 3, 4, 5, 6, 7, 9, 10, 12]) == "0,3-7,9,10,12"
    assert intervals.parse("") == []


@pytest.mark.parametrize("text", ["x", "1,,2", "3-", "5,4", "1,1", "7-5,6-6,6"])
def test_what_is_no_list_of_indexes_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="indexes"):
        intervals.parse(text)
