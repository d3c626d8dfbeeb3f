"""Where bytes are kept: a folder, S3-compatible storage or memory, behind one Protocol."""
