"""Keeps pytest from looking for examples in modules whose packages may be missing."""

collect_ignore = ["systems"]
