"""Lab: what the product is measured and tried with: chaos, scale and benchmarks."""
