"""What every runner starts: environment -> shards -> exit code.

SIGH_SPEC              the run's specification, JSON
SIGH_FEED=1            shard numbers come on standard input, events go to standard output
JOB_COMPLETION_INDEX   without a feed: the number of this pod
SIGH_PODS              without a feed: how many pods there are; one a shard unless given
SIGH_INDEXES           without a feed: in place of 0, 1, ... the numbers that the pods have, such as 3,7-9

0    done, or already done
2    the configuration or the credentials are wrong: no retry can help
65   a shard can never succeed
75   try again: the store does not answer or is full
143  stopped by SIGTERM; what is done is kept
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import Any

from sigh_batch import errors, intervals, memory
from sigh_batch.config.spec import RunSpec
from sigh_batch.run import Run, Stopped
from sigh_batch.runlog import RunLog

DONE, CONFIG, POISONED, AGAIN, STOPPED = 0, 2, 65, 75, 143

STOP_SECONDS = 4.0
"""After SIGTERM, the longest time until the process ends, whatever call it is in."""
TELL_SECONDS = 0.25
"""How often a worker tells its runner how far it is within a shard."""

TIDY_SAMPLES = 8
"""After so many samples, what they left free is given back to the machine."""

_YOUNG = 50_000
"""So many new objects start the garbage collector. Samples hold no cycles: it finds next to nothing, and
with Python's 700 it would look through the same few thousand objects three times a picture."""


class StopSignal:
    """Turns SIGTERM into a flag that work looks at, and ends the process when work does not."""

    def __init__(self) -> None:
        self.set = False
        self.idle = False
        """While set, the signal raises Stopped at once: the process only waits."""
        signal.signal(signal.SIGTERM, self._receive)

    def __call__(self) -> bool:
        """Return whether the process shall stop."""
        return self.set

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.set = True
        killer = threading.Timer(STOP_SECONDS, os._exit, (STOPPED,))
        killer.daemon = True
        killer.start()
        if self.idle:
            raise Stopped


class Feed:
    """Shard numbers in, events out; an input that ends without `end` means that the runner died."""

    def __init__(self, stop: StopSignal) -> None:
        self._stop = stop
        self._events = sys.stdout
        # Whatever a library prints must not get among the events.
        sys.stdout = sys.stderr

    def shards(self) -> Iterator[int]:
        """Yield shard numbers until the runner has no more."""
        self.tell("ready")
        while (line := self._read()) != "end":
            if not line:
                raise Stopped
            yield int(line)

    def tell(self, event: str, **facts: Any) -> None:
        """Send an event; a runner that is gone stops the worker."""
        try:
            self._events.write(json.dumps({"event": event, **facts}) + "\n")
            self._events.flush()
        except BrokenPipeError:
            raise Stopped from None

    def _read(self) -> str:
        self._stop.idle = True
        try:
            return sys.stdin.readline().strip()
        finally:
            self._stop.idle = False


def settle() -> None:
    """Set this process up for making samples; call it before a stage is loaded.

    There is a worker a core: threads of OpenCV would take a neighbour's, and spin while they wait.
    """
    memory.settle()
    os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")
    gc.set_threshold(_YOUNG)


def main() -> int:
    """Do what the environment says and return the exit code."""
    settle()
    memory.leave_out_pandas()
    stop = StopSignal()
    feed = Feed(stop) if os.environ.get("SIGH_FEED") else None
    try:
        run = Run.open(RunSpec.from_json(os.environ.get("SIGH_SPEC", "")))
        log = RunLog(run.store, echo=feed is None)
        try:
            _follow(run, feed, stop, log) if feed else _work(run, stop, log)
        except Stopped:
            log.say("stopped; what is done is kept")
            raise
        except errors.SighError as error:
            log.say(f"error: {error}")
            raise
        except Exception:
            log.say(f"a defect in sigh:\n{traceback.format_exc()}")
            raise
        finally:
            log.flush()
    except Stopped:
        return STOPPED
    except errors.SighError as error:
        if feed:
            feed.tell("fatal", type=type(error).__name__, message=str(error))
        else:
            sys.stderr.write(f"error: {error}\n")
        return exit_code(error)
    except Exception as error:
        if not feed:
            raise
        sentence = f"a defect in sigh: {type(error).__name__}: {error}; the traceback is in the run's logs/"
        feed.tell("fatal", type="SighError", message=sentence)
        return 1
    return DONE


def exit_code(error: errors.SighError) -> int:
    """Return what a worker that meets this error tells the cluster."""
    if isinstance(error, errors.ConfigError | errors.Denied):
        return CONFIG
    return AGAIN if isinstance(error, errors.StoreError) else POISONED


def _work(run: Run, stop: StopSignal, log: RunLog) -> None:
    """Make this pod's shards that are not there yet; the last pod out merges.

    Raises ShardFailed when one can never succeed, after the others are made.
    """
    pod, pods = _place(len(run.plan))
    broken = []
    for shard in run.remaining():
        if shard % pods != pod:
            continue
        try:
            _make(run, shard, stop, log, None)
        except errors.ShardFailed as error:
            broken.append(str(error))
    if broken:
        raise errors.ShardFailed("\n".join(broken))
    run.merge_if_complete()


def _place(shards: int) -> tuple[int, int]:
    """Return which pod this is, and of how many."""
    pod = _number("JOB_COMPLETION_INDEX", 0)
    pods = _number("SIGH_PODS", shards)
    text = os.environ.get("SIGH_INDEXES")
    numbers = range(pods) if text is None else intervals.parse(text)
    if not 0 <= pod < len(numbers) or numbers[-1] >= pods:
        named = f" and SIGH_INDEXES is {text}" if text is not None else ""
        raise errors.ConfigError(
            f"JOB_COMPLETION_INDEX is {pod} and SIGH_PODS is {pods}{named}; pods count from 0"
        )
    return numbers[pod], pods


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    try:
        return int(text)
    except ValueError:
        raise errors.ConfigError(f"{name} is {text!r}, which is no whole number") from None


def _follow(run: Run, feed: Feed, stop: StopSignal, log: RunLog) -> None:
    """Make the shards that the runner names; it merges itself."""
    for shard in feed.shards():
        try:
            _make(run, shard, stop, log, feed)
        except errors.ShardFailed as error:
            log.say(f"error: {error}")
            feed.tell("broken", shard=shard, message=str(error))


def _make(run: Run, shard: int, stop: StopSignal, log: RunLog, feed: Feed | None) -> None:
    started = told = time.monotonic()

    def watch(samples: int) -> None:
        nonlocal told
        if samples % TIDY_SAMPLES == 0:
            memory.give_back()
        if feed and time.monotonic() - told >= TELL_SECONDS:
            told = time.monotonic()
            feed.tell("progress", shard=shard, samples=samples)

    record = run.make_shard(shard, stop, watch, log.say)
    log.say(
        f"shard {shard}: {record.written} samples, {record.failed} failed, {record.bytes:,} bytes "
        f"in {time.monotonic() - started:.1f} s"
    )
    if feed:
        feed.tell("shard", shard=shard, written=record.written, failed=record.failed, bytes=record.bytes)


if __name__ == "__main__":
    sys.exit(main())
