"""From an audit record to pages. Reads `audit.json` and nothing else of the project."""
