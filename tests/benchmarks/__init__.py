"""The numbers to reach, measured on real processes: `python -m tests.benchmarks`."""
