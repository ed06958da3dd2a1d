"""Tasks that cost nothing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Free:
    """A task on the processor that takes no time."""

    name: str

    UNIT, units, needs_card, is_made_ready = "part", 1, False, False

    def __str__(self):
        return self.name

    def company(self, target):
        return None

    def place(self, target):
        return target
