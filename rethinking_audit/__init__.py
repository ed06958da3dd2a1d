"""The audit as an installed package: one import name for the checkout and for the wheel.

In a checkout the rooms lie beside this folder, and `fixtures` and `reports` in it are links to them, for mypy and editors.
Python itself follows no link, so that a module has one file: it looks in the checkout.

PYTEST_DONT_REWRITE: pytest would warn that the command line has imported this package before pytest could rewrite it.
"""

from pathlib import Path

__version__ = "0.1.0"

_here = Path(__file__).parent
if (_here / "fixtures").is_symlink() or not (_here / "fixtures").is_dir():
    __path__.insert(0, str(_here.parent))
