"""How models come about: what is learned, the loop that learns it, checkpoints, calibration."""
