"""Measurements, run by hand: ``python -m tests.benchmarks.costs``. No test depends on a clock."""
