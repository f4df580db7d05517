"""The helpers for tests, tested."""
