"""Rules about orders, in full: the verdict, the interval, what is accepted, and how many seeds would decide."""
