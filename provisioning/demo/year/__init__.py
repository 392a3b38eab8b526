"""A year of an invented district: ``rhythm`` when people write, ``telling`` what, ``course`` what the office does.

``writing`` puts it down as rows. ``./run bench office`` measures on such rows too.
"""
