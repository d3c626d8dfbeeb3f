"""When messages are written: bursts of seconds, pauses of minutes, other days; never backwards."""

from __future__ import annotations

from datetime import datetime, timedelta

from sigh_batch.rng import Draws

_FIRST_DAY = datetime(2019, 1, 1)
_DAYS = 2737
_HOURS = (8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22)


class Clock:
    """The time of a conversation as it is written."""

    __slots__ = ("_draws", "now")

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        day = _FIRST_DAY + timedelta(days=draws.integer(0, _DAYS))
        self.now = day + timedelta(hours=draws.choice(_HOURS), seconds=draws.integer(0, 3599))

    def burst(self, length: int) -> datetime:
        """Move to the same author's next message of so many characters."""
        return self._move(2.0 + length * self._draws.uniform(0.08, 0.3))

    def answer(self, length: int) -> datetime:
        """Move to another author's answer."""
        kind = self._draws.random()
        if kind < 0.62:
            pause = self._draws.uniform(4, 80)
        elif kind < 0.93:
            pause = self._draws.uniform(80, 500)
        else:
            pause = self._draws.uniform(500, 3600)
        return self._move(pause + length * 0.1)

    def pause(self) -> datetime:
        """Move on after an exchange: minutes, seldom hours."""
        return self._move(
            self._draws.uniform(60, 900) if self._draws.chance(0.75) else self._draws.uniform(900, 14400)
        )

    def rest(self) -> datetime:
        """Move on to another stretch of conversation: hours or days later."""
        kind = self._draws.random()
        if kind < 0.5:
            hours = self._draws.uniform(0.4, 6)
        elif kind < 0.85:
            hours = self._draws.uniform(9, 36)
        else:
            hours = self._draws.uniform(36, 200)
        return self._move(hours * 3600)

    def part_of_day(self) -> str:
        """Return m for morning, d for day, e for evening: how people greet at this hour."""
        return "m" if 4 <= self.now.hour < 12 else "d" if 12 <= self.now.hour < 18 else "e"

    @property
    def is_night(self) -> bool:
        """Whether people say good night."""
        return self.now.hour >= 20 or self.now.hour < 4

    def look(self) -> datetime:
        """Return when the screenshot is taken: soon after the last message, or some time later."""
        kind = self._draws.random()
        if kind < 0.6:
            pause = self._draws.uniform(5, 400)
        elif kind < 0.85:
            pause = self._draws.uniform(400, 20_000)
        else:
            pause = self._draws.uniform(20_000, 400_000)
        return self.now + timedelta(seconds=int(pause))

    def _move(self, seconds: float) -> datetime:
        moved = self.now + timedelta(seconds=int(seconds) + 1)
        if moved.hour < 6 and self._draws.chance(0.9):
            # Nobody answers in the middle of the night: it becomes the morning.
            moved = moved.replace(hour=6) + timedelta(seconds=self._draws.integer(900, 14_400))
        self.now = moved
        return moved
