"""Data sets: samples, writers, the build, its manifest and its card."""
