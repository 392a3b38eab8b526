"""Files that tell of their maker, made by other tools than the cleaner, and the judges that look for what was planted.

``files/`` holds them; ``made/`` is how they were made (``python -m tests.telling.made``, needs the tools it names).
"""
