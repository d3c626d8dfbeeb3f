"""What wears a picture on its way through the world, one file each."""
