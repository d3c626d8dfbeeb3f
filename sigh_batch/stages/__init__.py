"""Pure functions from an index to a sample, one file a kind."""
