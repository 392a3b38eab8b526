"""``python -m tests.telling.made [names...]``: makes the files anew and notes how many words each holds."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.telling.corpus import FILES, PLANTED
from tests.telling.made import documents, pictures, sounds
from tests.telling.made.bench import made

MAKERS = pictures.MAKERS | sounds.MAKERS | documents.MAKERS


def main(names: list[str]) -> None:
    """Makes those, or all."""
    planted: dict[str, int] = json.loads(PLANTED.read_text()) if PLANTED.exists() else {}
    with TemporaryDirectory() as folder:
        for name in names or MAKERS:
            planted[name] = made(MAKERS[name], name, FILES, Path(folder) / name)
    kept = {name: planted[name] for name in MAKERS if name in planted}
    PLANTED.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
