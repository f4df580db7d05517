"""``pgt gallery``: a static site of tasks, to be looked at: pictures, questions, specs, and what was measured."""
