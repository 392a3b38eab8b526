"""The office's pages on a box with a million reports: how long each takes, beside a general tool on the same file.

A box is enrolled and filled (``district``), served by the product's own command (``serving``), asked by one and by
eight clients (``load``); Datasette answers the same questions from the same file (``peers``).
"""

from bench.office.measuring import DEFAULT_N, MOST_N, as_dict, measure, shown

__all__ = ["DEFAULT_N", "MOST_N", "as_dict", "measure", "shown"]
