"""What `python -m benchmarks speed` measures, one file a subject."""
