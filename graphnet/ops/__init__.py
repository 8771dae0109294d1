"""The vocabulary: one class per op, and the public functions that apply them.

The functions are exported by the package ``graphnet`` itself.
"""

__all__: list[str] = []
