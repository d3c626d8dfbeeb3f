"""What the world does to a picture: degradations that wear it, and benign edits that honest people make.

One registry a class, used by three callers: the stage `distort`, augmentation in training, and the
robustness sweep. Nothing here knows whether a picture is forged.
"""
