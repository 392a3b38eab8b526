"""Search in Hindi, English and Hindi in Latin letters, over an index of words that can be made anew at any time.

``matching`` gives cases, ``page`` those of them that fit filters, ``snippets`` where in a case the words stand,
``related`` cases like one at hand, ``columns`` in which texts a person may search, ``catch_up`` keeps the index
current.
"""

from appliance.search.finding import columns, matching
from appliance.search.keeping import catch_up, is_whole
from appliance.search.likeness import Reason, Related, related
from appliance.search.listing import Found, page
from appliance.search.snippets import Snippet, snippets

__all__ = [
    "Found",
    "Reason",
    "Related",
    "Snippet",
    "catch_up",
    "columns",
    "is_whole",
    "matching",
    "page",
    "related",
    "snippets",
]
