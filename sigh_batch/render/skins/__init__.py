"""The looks of chat clients, one file each."""
