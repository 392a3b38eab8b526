"""Officers on the second number: notices of cases, and what they answer. Nothing here meets the citizens' conversation.

A box names an officer's number in a ``Duty``; it lies here locked under the week's epoch key until the duty is over.
Only whoever holds that number, and only with the random token of his own notice, says anything about that case.
"""
