"""What the tests of subjects share: the finding of one code, without waiting for the others."""

from rethinking_audit.own import check

AT_MOST = 60.0  # seconds for one code; a second is usual


class Settled(Exception):
    """The code that was asked for has its finding."""


def findings(code, subject, **asked):
    """The findings of an audit up to that of one code, which is the last; the audit ends with it."""
    told = []

    def tell(one):
        told.append(one)
        if one.code == code:
            raise Settled

    try:
        check(subject, **asked, seconds=AT_MOST, tell=tell)
    except Settled:
        return told
    raise AssertionError(f"the audit has no finding of {code}")
