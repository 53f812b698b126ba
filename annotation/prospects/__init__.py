"""What speaks for reviewing each clip of the queue: kept when suggestions come, weighed anew as the world moves."""
