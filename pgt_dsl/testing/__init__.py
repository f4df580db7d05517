"""Helpers for the tests of pgt-dsl and of its plugins."""
