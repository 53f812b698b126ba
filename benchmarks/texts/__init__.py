"""Methods of the text benchmark, each a function from a task and a seed to log-probabilities."""
