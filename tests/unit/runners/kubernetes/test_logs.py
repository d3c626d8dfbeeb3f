import threading
from pathlib import Path

from sigh_batch.runners.kubernetes import logs
from sigh_batch.runners.kubernetes.cluster import Cluster
from sigh_batch.runners.kubernetes.logs import Line
from sigh_batch.runners.kubernetes.render import Object
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


def test_following_ends_when_the_run_is_deleted(cluster: Cluster, fake: FakeCluster) -> None:
    job = fake.add_job(job_of(RUN), active=1, ready=1)
    pod = add(fake, job, 0, "Running", said("a"))

    def delete() -> None:
        fake.jobs.clear()
        del fake.pods[pod["metadata"]["name"]]

    threading.Timer(0.2, delete).start()
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
