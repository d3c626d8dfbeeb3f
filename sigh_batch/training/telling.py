"""What is told of a training as it goes on: to whoever watches, and in the log that outlives the process."""

from __future__ import annotations

from sigh_batch.runlog import RunLog
from sigh_batch.training.loop import Say
from sigh_batch.training.progress import Progress, Watch


class Told:
    """Passes on what is told, and keeps in the log what a reader wants to know afterwards."""

    def __init__(self, log: RunLog, watch: Watch, say: Say) -> None:
        self._log = log
        self._watch = watch
        self._say = say

    def say(self, line: str) -> None:
        """Tell a line."""
        self._keep(line)
        self._say(line)

    def watch(self, progress: Progress) -> None:
        """Tell how far it is."""
        self._watch(progress)
        if progress.validated:
            self._keep(
                f"epoch {progress.epoch} of {progress.epochs}: {progress.metric} {progress.value}, best "
                f"{progress.best}; {progress.rate:.3g} steps a second, {progress.waiting:.0%} of it waiting"
            )

    def _keep(self, line: str) -> None:
        # Lines are rare, and a pod may be gone before the next one.
        self._log.say(line)
        self._log.flush()
