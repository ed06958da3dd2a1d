"""A time-limited visit to a machine with a GPU and no network: pack at home, run there, bring the results home."""
