import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sigh_batch import errors
from sigh_batch.runners.kubernetes import logs
from sigh_batch.runners.kubernetes.cluster import Cluster
from sigh_batch.runners.kubernetes.logs import Line
from sigh_batch.runners.kubernetes.objects import Object
from sigh_batch.store import open_store
from tests.clusters import FakeCluster
from tests.golden.manifests import submissions
from tests.unit.runners.kubernetes.test_runs import DONE, RUN, job_of


def said(*texts: str, second: int = 0) -> list[str]:
    return [f"2026-01-01T00:00:{second + number:02d}.5Z {text}" for number, text in enumerate(texts)]


def add(fake: FakeCluster, job: Object, index: int, phase: str, *connections: list[str]) -> Object:
    pod = fake.add_pod(job, index, phase)
    fake.logs[pod["metadata"]["name"]] = list(connections)
    return pod


def test_pods_are_read_one_after_the_other(cluster: Cluster, fake: FakeCluster) -> None:
    job = fake.add_job(job_of(RUN), **DONE)
    add(fake, job, 1, "Succeeded", said("one", "two"))
    add(fake, job, 0, "Failed", said("first try"))
    add(fake, job, 0, "Succeeded", said("zero"))
    add(fake, job, 2, "Pending")
    assert list(logs.read(cluster, RUN.name)) == [(0, "first try"), (0, "zero"), (1, "one"), (1, "two")]
    assert list(logs.read(cluster, RUN.name, pod=1, tail=1)) == [(1, "two")]


def test_following_survives_broken_connections_and_tells_each_line_once(
    cluster: Cluster, fake: FakeCluster
) -> None:
    job = fake.add_job(job_of(RUN), active=2, ready=2)
    whole = said("a", "b", "c", "d")
    # Two lines of one moment, of which the first connection tells one.
    twice = [*whole[:2], whole[1].replace(" b", " b again"), *whole[2:]]
    pod = add(fake, job, 0, "Running", twice[:2], twice[1:4], twice[1:])
    other = add(fake, job, 1, "Running", said("x"), said("x"))

    def finish() -> None:
        for one in (pod, other):
            one["status"]["phase"] = "Succeeded"
        add(fake, job, 2, "Succeeded", said("late"))
        job["status"] = DONE

    threading.Timer(0.5, finish).start()
    heard = list(logs.follow(cluster, RUN.name))
    assert [line.text for line in heard if line.pod == 0] == ["a", "b", "b again", "c", "d"]
    assert [line for line in heard if line.pod] == [Line(1, "x"), Line(2, "late")]


def test_many_pods_are_read_in_their_order_and_a_node_that_is_away_is_asked_only_at_first(
    cluster: Cluster, fake: FakeCluster
) -> None:
    job = fake.add_job(job_of(RUN), **DONE)
    number = 4 * logs.AHEAD
    for index in range(number):
        pod = add(fake, job, index, "Succeeded", said(f"{index} a", f"{index} b"))
        pod["spec"] = {**pod["spec"], "nodeName": f"node-{index % 2}"}
        if index % 2:
            fake.silent.add(pod["metadata"]["name"])
    expected = [(index, f"{index} {part}") for index in range(0, number, 2) for part in "ab"]
    unheard: set[int] = set()
    assert list(logs.read(cluster, RUN.name, unheard=unheard)) == expected
    assert unheard == set(range(1, number, 2))
    asked = [path for path in fake.asked if "/log" in path]
    assert number // 2 < len(asked) <= number // 2 + logs.AHEAD


def test_reading_says_when_it_is_the_cluster_that_does_not_answer(
    cluster: Cluster, fake: FakeCluster
) -> None:
    job = fake.add_job(job_of(RUN), **DONE)
    fake.silent.add(add(fake, job, 0, "Succeeded")["metadata"]["name"])
    fake.on_get = lambda path: fake.faults.extend([503] if path.endswith("/log") else [])
    with pytest.raises(errors.ClusterUnreachable, match="told to answer 503"):
        list(logs.read(cluster, RUN.name))


def test_following_leaves_out_pods_that_have_ended_on_a_node_that_is_gone(
    cluster: Cluster, fake: FakeCluster
) -> None:
    job = fake.add_job(job_of(RUN), **DONE)
    for index in range(logs.STREAMS + 2):
        pod = add(fake, job, index, "Succeeded", said("done"))
        if index == 0:
            fake.silent.add(pod["metadata"]["name"])
    unheard: set[int] = set()
    heard = sorted(logs.follow(cluster, RUN.name, unheard=unheard))
    assert heard == [(index, "done") for index in range(1, logs.STREAMS + 2)]
    assert unheard == {0}
    assert len([path for path in fake.asked if "-0-00000/log" in path]) == logs.TRIES


def test_following_ends_when_the_run_is_deleted(cluster: Cluster, fake: FakeCluster) -> None:
    job = fake.add_job(job_of(RUN), active=1, ready=1)
    pod = add(fake, job, 0, "Running", said("a"))

    def delete() -> None:
        fake.jobs.clear()
        fake.pods.pop(pod["metadata"]["name"], None)

    fake.on_get = lambda path: threading.Timer(0.2, delete).start() if path.endswith("/log") else None
    assert list(logs.follow(cluster, RUN.name)) == [(0, "a")]


def test_the_order_of_moments_is_theirs_and_not_that_of_letters() -> None:
    moments = [
        "2026-01-01T00:00:01Z",
        "2026-01-01T00:00:01.25Z",
        "2026-01-01T00:00:01.5Z",
        "2026-01-01T00:00:02Z",
    ]
    assert sorted(moments, key=logs._order) == moments


def test_what_pods_wrote_to_the_store_outlives_them(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    name = submissions()["everything"].name
    for pod, text in ((11, "eleven"), (1, "one")):
        store.put(f"logs/20260101T000000-{name}-{pod}-1.000.log", f"{text}\n".encode())
    store.put(f"logs/20260101T000000-other-{name}-1-1.000.log.txt", b"no\n")
    assert list(logs.stored(store, name)) == [(1, "one"), (11, "eleven")]
    assert list(logs.stored(store, name, pod=1)) == [(1, "one")]


def test_whoever_asks_about_a_run_loads_no_parquet() -> None:
    code = "import sys; from sigh_batch.runners.kubernetes import logs, runs; print('pyarrow' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "False\n"
