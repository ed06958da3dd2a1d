"""Folders: the checkout, its claims, the stored texts of exports, and the folder that machines share."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLAIMS = ROOT / "claims"
TEXTS = ROOT / "tests" / "texts"
SHARED = Path(os.environ.get("RETHINKING_SHARED") or ROOT.parent / "shared")
