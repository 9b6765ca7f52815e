"""The benchmarks: what a run costs, against what it cannot cost less than, and beside other programs."""
