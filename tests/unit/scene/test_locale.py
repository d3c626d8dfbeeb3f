import datetime as dt

import pytest

from sigh_batch.errors import UnknownName
from sigh_batch.scene.locale import locale, locale_names

EVENING = dt.datetime(2024, 3, 9, 18, 5)


@pytest.mark.parametrize(
    ("code", "time", "date", "number"),
    [
        ("en-US", "6:05 PM", "March 9, 2024", "1,234.50"),
        ("en-GB", "18:05", "9 March 2024", "1,234.50"),
        ("de-DE", "18:05", "9. M\u00e4rz 2024", "1.234,50"),
        ("fr-FR", "18:05", "9 mars 2024", "1\u00a0234,50"),
        ("ar-EG", "6:05 \u0645", "9 \u0645\u0627\u0631\u0633 2024", "1,234.50"),
        ("ko-KR", "\uc624\ud6c4 6:05", "2024\ub144 3\uc6d4 9\uc77c", "1,234.50"),
        ("ja-JP", "18:05", "2024\u5e743\u67089\u65e5", "1,234.50"),
    ],
)
def test_a_region_writes_times_dates_and_numbers_its_own_way(
    code: str, time: str, date: str, number: str
) -> None:
    here = locale(code)
    assert here.time(EVENING) == time
    assert here.date(EVENING, here.date_full) == date
    assert here.number(1234.5, 2) == number


def test_midnight_and_noon_are_twelve() -> None:
    here = locale("en-US")
    assert [here.clock_text(hour, 0) for hour in (0, 11, 12, 23)] == [
        "12:00 AM",
        "11:00 AM",
        "12:00 PM",
        "11:00 PM",
    ]


def test_near_days_have_names() -> None:
    here, day = locale("en-US"), EVENING.date()
    assert here.day(day, day, here.date_full) == "Today"
    assert here.day(day, day + dt.timedelta(1), here.date_full) == "Yesterday"
    assert here.day(day, day + dt.timedelta(2), here.date_full) == "March 9, 2024"


@pytest.mark.parametrize("code", locale_names())
def test_every_locale_is_whole(code: str) -> None:
    here = locale(code)
    assert set(here.words) == set(locale("en-US").words)
    assert (len(here.months), len(here.mons), len(here.weekdays), len(here.wdays)) == (12, 12, 7, 7)
    for pattern in (here.date_full, here.date_long, here.date_short, here.date_said):
        assert any(letter.isdigit() for letter in here.date(EVENING, pattern))
    for name in here.words:
        filled = here.word(name, a="A", b="B", n=3, title="T", day="D", time="T")
        assert "{" not in filled
    assert here.direction == ("rtl" if code in ("ar-EG", "he-IL") else "ltr")


def test_an_unknown_locale_is_told_the_nearest() -> None:
    with pytest.raises(UnknownName, match="unknown locale 'en-UK'; did you mean 'en-"):
        locale("en-UK")
