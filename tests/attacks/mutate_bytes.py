"""Damage to a sequence of bytes: what a broken disk, a cut transfer or a hostile hand does."""

EXTREMES = [
    b"\x00",
    b"\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\xff",
    b"\x80\x00\x00\x00",
    b"\x00\x00\x00\x00",
    b"\n",
    b"(",
]


def flip(content, draw):
    place = draw.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << draw.randrange(8)]) + content[place + 1 :]


def extreme(content, draw):
    place, put = draw.randrange(len(content)), draw.choice(EXTREMES)
    return content[:place] + put + content[place + len(put) :]


def early(content, draw):
    """Overwrite a byte of the beginning, where the headers are."""
    place = draw.randrange(min(64, len(content)))
    return content[:place] + draw.randbytes(1) + content[place + 1 :]


def cut(content, draw):
    return content[: draw.randrange(len(content))]


def insert(content, draw):
    place = draw.randrange(len(content))
    return content[:place] + draw.randbytes(draw.randint(1, 8)) + content[place:]


def remove(content, draw):
    place = draw.randrange(len(content))
    return content[:place] + content[place + draw.randint(1, 16) :]


def repeat(content, draw):
    start = draw.randrange(len(content))
    return content[:start] + content[start : start + draw.randint(1, 64)] * draw.randint(2, 20) + content[start:]


WAYS = (flip, flip, extreme, early, early, cut, insert, remove, repeat)


def mutated(content, draw):
    """Return the content with one to four damages."""
    for _ in range(draw.randint(1, 4)):
        content = draw.choice(WAYS)(content, draw) or b"\x00"
    return content
