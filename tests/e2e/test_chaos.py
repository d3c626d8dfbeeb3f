"""Kills at random moments on a real cluster: whatever dies, a run makes what it makes undisturbed."""

import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sigh_batch import rng
from tests.kind import CONTROL, STORE, WORKER, Kind, made_here, on_node

KILLS = int(os.environ.get("SIGH_KILLS", "10"))
MOST = 5
"""Kills of one run: each one more makes the cluster wait twice as long before it tries that pod again."""
CLEAN = ("generate", "--count", "160", "--shards", "16", "--seed", "9")
FORGED = ("distort", "--count", "80", "--shards", "16", "--seed", "9")
QUIET = ("--workers", "1", "-q")
PODS = ("--pods", "4", "--set", "kubernetes.retries=50")


def test_whatever_is_killed_the_result_is_the_same(kind: Kind, tmp_path: Path) -> None:
    source = "s3://sigh/chaos-source"
    kind.sigh("submit", *CLEAN, "--out", source, "--name", "chaos-source", *PODS, "--wait")
    kind.sigh(*CLEAN, "--out", str(tmp_path / "clean"), *QUIET)
    kind.sigh(*FORGED, "--in", str(tmp_path / "clean"), "--out", str(tmp_path / "forged"), *QUIET)
    expected = {"generate": made_here(tmp_path / "clean"), "distort": made_here(tmp_path / "forged")}
    told: Counter[tuple[str, str]] = Counter()
    chaos = Chaos(kind, int.from_bytes(os.urandom(4)))
    number = 0
    while (left := KILLS - told.total()) > 0:
        words = (CLEAN, (*FORGED, "--in", source))[number % 2]
        name = f"chaos-{number}"
        kind.sigh("submit", *words, "--out", f"s3://sigh/{name}", "--name", name, *PODS)
        told.update((words[0], what) for what in chaos.disturb(name, min(left, MOST)))
        kind.sigh("wait", name)
        kind.await_store()
        assert kind.made(name) == expected[words[0]], f"{name} after {told}, drawn from {chaos.seed}"
        status = kind.status(name)
        assert (status["done"], status["failed"]) == (4, 0)
        number += 1
    print(f"\n{told.total()} kills of {number} runs:")
    for (run, what), count in sorted(told.items()):
        print(f"  {run:<10} {what:<34} {count:>4}")


class Chaos:
    """Kills something of a run at a time."""

    def __init__(self, kind: Kind, seed: int) -> None:
        self.seed = seed
        self._kind = kind
        self._draws = rng.for_sample(seed, "kill", 0)

    def disturb(self, name: str, most: int) -> list[str]:
        """Kill until the run has ended or enough is killed, and return what was."""
        ways: dict[str, Callable[[str], bool]] = {
            "pod deleted": lambda name: self._delete(name, "--wait=false"),
            "pod deleted without grace": lambda name: self._delete(name, "--grace-period=0", "--force"),
            "process killed": lambda _name: self._kill("sigh_batch.worker"),
            "kubelet restarted": lambda _name: self._restart(),
            "S3 server killed": lambda _name: self._kill("versitygw .*posix"),
            "S3 server's pod deleted": lambda _name: self._delete_server(),
        }
        done: list[str] = []
        while len(done) < most and not self._is_over(name):
            time.sleep(self._draws.uniform(0.0, 4.0))
            what = self._draws.choice(sorted(ways))
            if ways[what](name):
                done.append(what)
        return done

    def _is_over(self, name: str) -> bool:
        conditions = self._kind.get("job", name)["status"].get("conditions", ())
        return any(known["type"] in ("Complete", "Failed") for known in conditions)

    def _delete(self, name: str, *how: str) -> bool:
        running = ("-l", f"sigh-batch/run={name}", "--field-selector=status.phase=Running", "-o", "name")
        pods = self._kind.kubectl("get", "pods", *running).split()
        return bool(pods) and bool(
            self._kind.kubectl("delete", self._draws.choice(pods), "--ignore-not-found", *how)
        )

    def _delete_server(self) -> bool:
        return bool(self._kind.kubectl("delete", "pod", f"{STORE}-0", "--grace-period=0", "--force"))

    def _kill(self, pattern: str) -> bool:
        found = on_node("pgrep", "-f", pattern, check=False).split()
        # It may have ended in between; then nothing was killed.
        return (
            bool(found)
            and on_node("sh", "-c", f"kill -9 {self._draws.choice(found)} && echo killed", check=False) != ""
        )

    def _restart(self) -> bool:
        on_node("systemctl", "restart", "kubelet", node=self._draws.choice([WORKER, CONTROL]))
        return True
