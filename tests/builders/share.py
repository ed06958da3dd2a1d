"""Train a run on a tree in the processes of torchrun: `python -m tests.builders.share FOLDER OUT EVERY [KILL_AT]`.

The first process writes the result to OUT. With KILL_AT the last process kills itself after so many steps.
"""

import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from rethinking_audit.fixtures.streaming.group import joined
from rethinking_audit.fixtures.streaming.samples import samples
from rethinking_audit.fixtures.streaming.train import Streaming, Way, train
from rethinking_audit.fixtures.training.numerics import reproducible
from tests.builders.trees import RECIPE, run


def main(folder, out, every, kill_at=0):
    """Train, and write the result."""
    spec = run(folder, replace(RECIPE, max_epochs=3, dropout=0.5, crop=True), corruption=1.0)
    with joined("cpu") as (group, device), reproducible(device):
        if kill_at and group.rank == group.size - 1:
            take = Streaming.take

            def last(self):
                take(self)
                if self.step == int(kill_at):
                    os.kill(os.getpid(), signal.SIGKILL)

            Streaming.take = last
        result = train(spec, samples(spec), Way(device, group, folder=Path(f"{out}.kept"), every=int(every)))
        if group.rank == 0:
            Path(out).write_text(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
