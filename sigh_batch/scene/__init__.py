"""What is said, by whom and when: conversations without pixels."""
