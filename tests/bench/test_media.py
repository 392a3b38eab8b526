"""What the bench of files does is what relay and box do."""

import os
from pathlib import Path

from bench import media
from sync.sealing.files import sealed_size


def test_a_file_comes_out_as_it_went_in(tmp_path: Path) -> None:
    plain, sealed, opened = (tmp_path / name for name in ("plain", "sealed", "opened"))
    plain.write_bytes(os.urandom(300_001))
    for act, source, target in (("seal", plain, sealed), ("open", sealed, opened)):
        assert media.main([act, "00" * 32, "300001", str(source), str(target)]) == 0
    assert opened.read_bytes() == plain.read_bytes()
    assert sealed.stat().st_size == sealed_size(300_001)
