"""A cluster in this process: its parcels are made where they are heard."""

from rethinking_audit.fixtures.cluster import node
from rethinking_audit.fixtures.cluster.ray_cluster import Lost


class InProcess:
    """Each flight tells what `news` says of it, by its number, and otherwise what a node would tell."""

    networks = ()

    def __init__(self, slots=1, news=None):
        self.slots, self.news, self.sent = slots, news or {}, []

    def send(self, parcel, target):
        self.sent.append(list(parcel.runs.values()))
        said = self.news.get(len(self.sent))
        return iter(said) if said is not None else node.make(dict(parcel.runs), target, self.networks)

    def hear(self, flights, timeout):
        for flight in flights:
            yield flight, next(flight, None)


def lost():
    """What is heard of a flight whose node dies at once."""
    return [Lost("ended (NodeDiedError)")]


class Silent(InProcess):
    """A cluster that never answers."""

    def hear(self, flights, timeout):
        return []
