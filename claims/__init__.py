"""The claims of the paper, one file per family. `paper.toml` holds its numbers, `tiers.toml` the size of each run."""
