"""``python -m tests.telling.cleaning FOLDER``: what the cleaner of this copy of the product makes of the corpus.

Started with a weakened copy as working folder; what it keeps is written to FOLDER, what its alarm says to ``alarms``.
"""

import json
import sys
from pathlib import Path

from tests.telling.corpus import corpus
from tests.telling.trial import alarm, by_product


def main(folder: Path) -> None:
    """Cleans and scans every file."""
    alarms = {}
    for file in corpus():
        place = folder / "work" / file.name
        place.mkdir(parents=True)
        kept = by_product(file, place)
        if kept is not None:
            (folder / file.name).write_bytes(kept)
        alarms[file.name] = alarm(file, place / "alarm")
    (folder / "alarms.json").write_text(json.dumps(alarms))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
