"""The audit of a task: what a guesser can learn of its answers without seeing what they are answers to."""
