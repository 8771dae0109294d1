"""The tests of graphnet; ``pytest`` in the root of the project runs them and every example."""
