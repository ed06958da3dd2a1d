"""Parts of the reports on their limits: what pages are made of, told by exact values."""
