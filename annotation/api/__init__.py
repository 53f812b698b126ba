"""What people decide, say and hand on, for programs: the use cases of the pages, with the same permissions."""
