"""A conversation becomes pixels and the boxes of everything on them."""
