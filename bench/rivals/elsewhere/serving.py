"""A process that works in rounds as it is asked to, pinned to a core, and says what CPU time each took.

It needs the standard library alone, so that it runs in any environment. A question is a line of JSON
(`case`, `seed`, `count`), the answer another one (`cpu`, `pictures`, `pixels`, `failed`).
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping

Work = Callable[[int, int], Iterable[int]]
"""Given a seed and a count, makes pictures; what it returns counts their pixels, outside the clock."""


def serve(cases: Mapping[str, Work]) -> None:
    """Answer questions until there are no more; a picture of 0 pixels has failed."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    answers, sys.stdout = sys.stdout, sys.stderr  # Libraries that print do not get among the answers.
    print("{}", file=answers, flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        start = time.process_time()
        made = cases[question["case"]](question["seed"], question["count"])
        spent = time.process_time() - start
        pixels = list(made)
        answer = {
            "cpu": spent,
            "pictures": sum(1 for size in pixels if size),
            "pixels": sum(pixels),
            "failed": sum(1 for size in pixels if not size),
        }
        print(json.dumps(answer), file=answers, flush=True)
