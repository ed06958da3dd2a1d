"""What an audit found, without when, how and on what machine it was made."""

ROOM = ("created", "seconds", "command", "provenance")


def room(audit):
    return {name: value for name, value in audit.items() if name not in ROOM}
