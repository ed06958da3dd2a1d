"""A session: what its processes tell each other is read back as it was written."""
