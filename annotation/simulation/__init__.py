"""How many labels each strategy of `annotation.sampling` needs, found by replaying a set that is fully labelled."""
