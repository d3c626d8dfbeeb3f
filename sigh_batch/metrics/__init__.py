"""Numbers from scores and labels: pure functions over arrays."""
