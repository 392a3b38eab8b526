"""The catalogue: categories, questions, answers to informants and the names of statuses, as data in this folder.

A translator edits only the data files. ``load`` reads and checks them; nothing is read at import.
"""

from sync.catalogue.model import Catalogue, Category, Option, Parameter, Question, Template, Words
from sync.catalogue.reading import CLOCKS, FOLDER, LANGUAGES, ROUTES, SENSITIVITIES, TO_BOX, TO_RANGE, load

__all__ = [
    "load",
    "Catalogue",
    "Category",
    "Question",
    "Option",
    "Template",
    "Parameter",
    "Words",
    "FOLDER",
    "LANGUAGES",
    "ROUTES",
    "SENSITIVITIES",
    "CLOCKS",
    "TO_BOX",
    "TO_RANGE",
]
