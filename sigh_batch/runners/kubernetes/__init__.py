"""The cluster: what a run is there (render, pure), how it is sent, watched, explained and stopped."""
