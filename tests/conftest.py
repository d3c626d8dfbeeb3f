"""What every test stands on."""

import os

from hypothesis import HealthCheck, settings

# Threads of torch wait for each other by spinning: more of them than idle cores take ten times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")

pytest_plugins = ["tests.isolation", "tests.servers", "tests.control_plane"]

# A busy machine is no failure, and a machine that checks changes draws the same examples every time.
settings.register_profile(
    "house",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")
