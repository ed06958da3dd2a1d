"""The findings of an audit, without its time, command and machine."""

ROOM = ("created", "seconds", "command", "provenance")


def room(audit):
    return {name: value for name, value in audit.items() if name not in ROOM}
