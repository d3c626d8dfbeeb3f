"""A data set written in the formats of other tools; one file a format, all of them streaming."""
