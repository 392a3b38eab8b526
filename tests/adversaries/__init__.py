"""``./run adversaries``: every adversary of docs/THREATS.md played against real processes, and what he learned."""
