"""What forgers do to screenshots, at two depths, one file an operation.

`pixel` edits a finished picture as a forger would; `scene` edits the conversation, which is then
drawn anew by the client itself, as by a browser's inspector: it leaves no trace in the pixels. Nothing here
knows shards, stores or labels.
"""
