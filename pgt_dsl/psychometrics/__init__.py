"""Where a model's seeing fails: performance along a graded series, with the threshold and how well it is known."""
