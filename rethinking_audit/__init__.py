"""The audit as an installed package: one import name for the checkout and for the wheel.

In a checkout the rooms lie beside this folder. `fixtures` and `reports` in it are links to them, for mypy and editors.
Python looks in the checkout first and follows no link, so that each module has one file.

PYTEST_DONT_REWRITE: without it, pytest warns that the command line imported this package before pytest could rewrite it.
"""

from importlib import import_module
from pathlib import Path

__version__ = "0.1.0"

_here = Path(__file__).parent
if (_here / "fixtures").is_symlink() or not (_here / "fixtures").is_dir():
    __path__.insert(0, str(_here.parent))

# What Python code asks for, and the module that has it; imported when it is asked for.
_OWN = {"AuditRefuted": "own", "Check": "own", "check": "own", "audited": "suite"}


def __getattr__(name: str) -> object:
    if name not in _OWN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_OWN[name]}"), name)
