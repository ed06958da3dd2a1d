"""Damage to a text: parts that are cut, doubled, turned round or replaced by what breaks parsers."""

from __future__ import annotations

import random

# Brackets, quotes, signs, numbers that are none, and characters that are seldom tried.
PIECES = [
    *(
        "",
        "\0",
        "\ud800",
        "\u202e",
        "\ufeff",
        "é",
        " ",
        "\n",
        ":",
        ".",
        "/",
        ",",
        "-",
        "0",
        "9" * 400,
        "1e999",
        "nan",
        "inf",
    ),
    *("[", "]", "{", "}", "(", ")", "\\", '"', "'", "*", "+", "?", "{999999999999}", "[" * 2000, "(" * 500, '{"a":' * 2000),
    *("true", "null", "= =", "#", ".py", "import", "torchvision:", "1_0", "0x1", "٣", "~"),
]


def mutated(text: str, draw: random.Random) -> str:
    """Return the text with one to five damages."""
    for _ in range(draw.choice((1, 1, 2, 5))):
        start = draw.randrange(len(text) + 1)
        stop = min(len(text), start + draw.choice((0, 1, 1, 3, 20)))
        part = text[start:stop]
        text = text[:start] + draw.choice([draw.choice(PIECES), draw.choice(PIECES), part * 2, part[::-1]]) + text[stop:]
    return text
