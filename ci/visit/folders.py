"""The folders of a visit: what is carried, what is made on the machine, and what came home."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / ".visit"  # git ignores it; .visit/carried goes to the machine
MIB = 2**20


class Folders:
    """The parts of a visit's folder.

    `carried` is packed at home: `wheels`, `data`, and the records of earlier visits in `store.tar.xz`. `work` is made on
    the machine. `store` and `visits` hold at home what came back.
    """

    def __init__(self, folder: Path) -> None:
        self.carried, self.work = folder / "carried", folder / "work"
        self.store, self.visits = folder / "store", folder / "visits"
        self.wheels, self.data = self.carried / "wheels", self.carried / "data"
        self.earlier = self.carried / "store.tar.xz"

    def stand_in(self) -> Path | None:
        """Return the archive of the stand-in for CIFAR-10; None if none is carried."""
        return next(iter(sorted(self.data.glob("*.tar.xz"))), None)

    def images(self) -> list[str]:
        """Return the options that make an audit use the stand-in; none without a stand-in."""
        archive = self.stand_in()
        return ["--dataset", f"folder:{self.unpacked(archive)}"] if archive else []

    def unpacked(self, archive: Path) -> Path:
        """Return the folder on the machine for the unpacked images of an archive."""
        return self.work / "data" / archive.name.removesuffix(".tar.xz")

    def environment(self) -> dict[str, str]:
        """Return the environment of a visit's commands: its packages and data, and only our plugins."""
        path = [str(self.work / "wheels"), str(ROOT), os.environ.get("PYTHONPATH", "")]
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
            "PYTHONPATH": os.pathsep.join(part for part in path if part),
            "RETHINKING_DATA": str(self.work / "data"),
            "RETHINKING_CACHE": str(self.work / "cache"),
            # The machine may have other plugins, made for another version of pytest.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_PLUGINS": "xdist.plugin,pytest_benchmark.plugin",
        }
