"""What can be guessed of a task's answers without seeing what the question is about."""
