"""The conversation's engine: takes one waiting thing after another through the dialogue, each in one transaction.

People take turns (``turns.py``); what one person did keeps its order.

One thread takes all steps, so a person's messages are serial by construction; a step costs about a millisecond, and
what is slow (fetching files, sending messages) happens in other threads and comes back as a waiting thing.
"""

from relay.intake.engine import Intake

__all__ = ["Intake"]
