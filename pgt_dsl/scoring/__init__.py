"""What a model says, read and scored by the type of the answer: ``pgt_dsl.score`` is the way in."""
