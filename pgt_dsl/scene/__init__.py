"""Scenes: accepted columns as plain values, with their questions put in words, and their certification."""
