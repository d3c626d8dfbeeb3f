"""What stands in messages beside their text: quotes, reactions, cards, pictures, voice notes, files."""
