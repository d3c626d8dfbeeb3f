"""What a model is worth: scores over a set, slices, degradations, and what follows from them."""
