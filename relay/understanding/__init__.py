"""What a short message means: commands, numbers, one of several options, the name of a place.

Everything compares folded text, so that spelling habits of phones and people make no difference. Pure functions.
"""

from relay.understanding.adding import (
    Asked,
    addition,
    asked_to_add,
    called_receipts,
    command_language,
)
from relay.understanding.answers import SYNONYMS, leading, match_option, passes, unknown
from relay.understanding.commands import KEYWORDS, keyword, only_asks, page_turn
from relay.understanding.crimes import crime_named
from relay.understanding.folding import clean, fold, has_digits, without_links, without_place_code
from relay.understanding.languages import likely_language, named_language
from relay.understanding.numbers import number
from relay.understanding.phones import perhaps_phones
from relay.understanding.places import match_place, match_places
from relay.understanding.plain import is_emergency_number, is_plain, refuses_keeping, tells
from relay.understanding.police import names_police
from relay.understanding.whose import takes_out, whose

__all__ = [
    "Asked",
    "KEYWORDS",
    "SYNONYMS",
    "addition",
    "asked_to_add",
    "called_receipts",
    "clean",
    "command_language",
    "crime_named",
    "fold",
    "has_digits",
    "is_emergency_number",
    "is_plain",
    "keyword",
    "leading",
    "likely_language",
    "match_option",
    "match_place",
    "match_places",
    "named_language",
    "names_police",
    "number",
    "only_asks",
    "page_turn",
    "passes",
    "perhaps_phones",
    "refuses_keeping",
    "takes_out",
    "tells",
    "unknown",
    "whose",
    "without_links",
    "without_place_code",
]
