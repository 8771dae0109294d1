"""What the reports say was found, done again with graphnet: one module for each report."""
