"""The weakenings of the mutation run, by theme. Nothing here is found by chance: each breaks a promise on purpose."""

from tests.weakened.listed.answers import ANSWERS
from tests.weakened.listed.box import BOX
from tests.weakened.listed.evidence import EVIDENCE
from tests.weakened.listed.keys import KEYS
from tests.weakened.listed.places import PLACES
from tests.weakened.listed.processes import PROCESSES
from tests.weakened.listed.reports import REPORTS
from tests.weakened.listed.sealing import SEALING
from tests.weakened.listed.wire import WIRE
from tests.weakened.listed.words import WORDS

LISTED = (*SEALING, *WIRE, *KEYS, *REPORTS, *WORDS, *ANSWERS, *EVIDENCE, *BOX, *PLACES, *PROCESSES)
