"""What starts workers: processes here, or a cluster."""
