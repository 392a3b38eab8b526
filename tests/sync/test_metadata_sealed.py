"""Cleaning of sealed files: whatever the child does, the parent goes on; the child itself is shut in."""

import os
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from sync.errors import Unavailable
from sync.metadata import Damaged, Unsupported, clean_sealed, confine, fence, scan_sealed, sealed
from tests.sync.planted import OTHER_KEY, cleaned, seal
from tests.sync.test_metadata_pdf import S, one_page, stream, written

AMR = b"#!AMR\n" + (b"\x3c" + bytes(range(31))) * 10
READY = "echo ready; "


def as_child(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(sealed, "CHILD", ("/bin/sh", "-c", script))


@pytest.mark.parametrize(
    "script",
    [
        "kill -9 $$",
        "exit 3",
        "echo nonsense",
        "echo []",
        "echo '[[[['",
        'echo \'{"mime":"text/html","dropped":[],"size_bytes":0}\'',
        'echo \'{"mime":"audio/amr","dropped":["a name <of> their own"],"size_bytes":0}\'',
        'echo \'{"mime":"audio/amr","dropped":"x"}\'',
        'echo \'{"mime":"audio/amr","dropped":["ID3"],"size_bytes":5}\'',
        'echo \'{"mime":"audio/amr","dropped":["ID3"],"size_bytes":"5"}\'',
        'echo \'{"mime":"audio/amr","dropped":["ID3"],"size_bytes":-1}\'',
        'echo \'{"refused":"damaged","why":"<b>theirs</b>"}\'',
    ],
)
def test_whatever_a_child_says_or_does_a_file_is_damaged(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_child(monkeypatch, READY + script)
    with pytest.raises(Damaged) as caught:
        clean_sealed(seal(AMR, tmp_path / "came"), tmp_path / "kept", OTHER_KEY)
    assert "<b>" not in str(caught.value)
    assert not (tmp_path / "kept").exists()


@pytest.mark.slow
@pytest.mark.parametrize("script", ["sleep 60", "sleep 60 & wait", "yes", "exec 1>&-; sleep 60"])
def test_a_child_that_does_not_end_is_ended_with_all_it_started(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_child(monkeypatch, READY + script)
    monkeypatch.setattr(sealed, "TIMEOUT_S", 0.5)
    heard: list[None] = []
    with pytest.raises(Damaged):
        clean_sealed(seal(AMR, tmp_path / "came"), tmp_path / "kept", OTHER_KEY, lambda: heard.append(None))
    assert heard


@pytest.mark.parametrize(
    "script", ["exit 1", "echo oh", 'echo \'{"refused":"unavailable","why":"no ffmpeg"}\'']
)
def test_a_child_that_cannot_begin_is_no_fault_of_the_file(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_child(monkeypatch, script)
    with pytest.raises(Unavailable):
        scan_sealed(seal(AMR, tmp_path / "came"))


def test_a_file_that_was_altered_on_the_disk_is_refused(tmp_path: Path) -> None:
    came = seal(AMR, tmp_path / "came")
    came.path.write_bytes(came.path.read_bytes()[:-1] + b"x")
    with pytest.raises(Exception, match="does not open"):
        clean_sealed(came, tmp_path / "kept", OTHER_KEY)


def confined(code: str) -> subprocess.CompletedProcess[bytes]:
    """Runs Python after it shut itself in."""
    script = f"from sync.metadata import confine\nconfine.shut_in()\n{code}"
    return subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("import socket; socket.socket()", b"PermissionError"),
        ("import socket; socket.socketpair()", b"PermissionError"),
        ("import subprocess, sys; subprocess.run([sys.executable, '-c', 'import socket; socket.socket()'], check=True)",
         b"PermissionError"),
        ("bytearray(600 << 20)", b"MemoryError"),
        (f"import os; f = open(os.memfd_create('x'), 'wb'); f.write(bytes({confine.FILE_BYTES + 1})); f.flush()",
         b"File too large"),
    ],
)  # fmt: skip
def test_the_child_has_no_network_and_little_room(code: str, error: bytes) -> None:
    done = confined(code)
    assert done.returncode != 0 and error in done.stderr


SPINS = """
import time
until = time.process_time() + 1.5
while time.process_time() < until:
    pass
print("done")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "ended_by"),
    [
        ("import socket; socket.socket()", 1),
        ("bytearray(600 << 20)", 1),
        (
            f"import os; f = open(os.memfd_create('x'), 'wb'); f.write(bytes({confine.FILE_BYTES + 1})); f.flush()",
            1,
        ),
        ("open('/etc/hostname').read()", 1),
        (SPINS, -signal.SIGKILL),
    ],
    ids=["network", "memory", "size of a file", "files", "time"],
)
def test_each_limit_bites_and_without_it_the_same_goes_through(code: str, ended_by: int) -> None:
    confined = "from sync.metadata import confine\nconfine.CPU_S = 1\nconfine.shut_in()\n"
    ends = [
        subprocess.run([sys.executable, "-c", before + code], capture_output=True, timeout=60).returncode
        for before in ("", confined)
    ]
    assert ends == [0, ended_by]


FORBIDDEN = {
    "a file": "open({file!r}).read()",
    "a list of files": "import os; os.listdir({folder!r})",
    "a new file": "open({folder!r} + '/new', 'w')",
    "a file to replace": "import os; os.unlink({file!r})",
    "its own code, to write": "open(confine.__file__, 'a')",
    "the memory of who started it": "import os; open(f'/proc/{{os.getppid()}}/mem', 'rb')",
    "the order to who started it": "import os; open(f'/proc/{{os.getppid()}}/environ', 'rb')",
    "the end of who started it": "import os; os.kill(os.getppid(), 0)",
    "a file by a program": "import subprocess; subprocess.run(['/bin/cat', {file!r}], check=True)",
}


@pytest.mark.slow
@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_child_has_no_files_and_no_other_process(what: str, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("secret")
    done = confined(FORBIDDEN[what].format(file=str(file), folder=str(tmp_path)))
    assert done.returncode != 0 and (b"Permission" in done.stderr or b"not permitted" in done.stderr)
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_a_kernel_that_cannot_fence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        """A kernel without Landlock."""

        def syscall(self, *_: object) -> int:
            return -1

    monkeypatch.setattr("sync.metadata.fence.ctypes.CDLL", lambda name: Old())
    assert fence.fence_in(()) is False


def test_a_process_that_outlives_the_child_does_not_hold_the_answer_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "pid"
    as_child(
        monkeypatch, f"setsid sh -c 'echo $$ > {told}; exec sleep 30' & while [ ! -s {told} ]; do :; done"
    )
    began = time.monotonic()
    with pytest.raises(Unavailable):
        scan_sealed(seal(AMR, tmp_path / "came"), 5.0)
    os.kill(int(told.read_text()), signal.SIGKILL)
    assert time.monotonic() - began < 20


def test_the_child_has_nothing_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SATARK_CANARY", "canary")
    as_child(monkeypatch, "env | grep -q CANARY && echo ready; exit 0")
    with pytest.raises(Unavailable):
        scan_sealed(seal(AMR, tmp_path / "came"))


def bomb() -> bytes:
    """A PDF whose list of objects unpacks to four gigabytes."""
    packer = zlib.compressobj(9)
    head, block = (packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    packed = head + block * 4095 + packer.flush()
    entries = b"/Type /XRef /Size 3 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length %d" % len(packed)
    head = b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    table = b"3 0 obj\n<< %s >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
    return head + table % (entries, packed, len(head))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("error", "data"),
    [
        (Damaged, bomb()),
        (Damaged, one_page()[:90]),
        (Damaged, b"%PDF-1.7\n" + b"1 0 obj\n" * 20_000),
        (Damaged, written([b"<< /Type /Catalog /Pages 2 0 R >>", b"[" * 100_000])),
        (Unsupported, b"PK\3\4" + one_page()),
        (Unsupported, b"GIF89a" + b"\xff\xd8\xff"),
        (Unsupported, b"MZ" + AMR),
    ],
    ids=["bomb", "cut", "endless", "deep", "zip and pdf", "gif and jpeg", "program"],
)
def test_what_is_sent_in_malice_is_refused(error: type[Exception], data: bytes, tmp_path: Path) -> None:
    with pytest.raises(error):
        cleaned(data, tmp_path)


@pytest.mark.slow
def test_what_hides_behind_a_file_of_ours_does_not_come_through(tmp_path: Path) -> None:
    for data in (one_page(stream(S)) + b"PK\3\4" + S, AMR + b"PK\3\4" + S):
        assert S not in cleaned(data, tmp_path).data


MEASURED = r"""
import resource, sys
from hashlib import sha256
from pathlib import Path
from sync.metadata import Sealed, clean_sealed
from sync.sealing.spools import SealingWriter
folder = Path(sys.argv[1])
digest = sha256()
with (folder / "plain").open("rb") as source, (folder / "came").open("wb") as target:
    writer = SealingWriter(target, bytes(32))
    while piece := source.read(65536):
        writer.write(piece)
        digest.update(piece)
    size = writer.finish()
came = Sealed(folder / "came", bytes(32), size, digest.hexdigest())
kept = clean_sealed(came, folder / "kept", b"1" * 32).kept
assert kept.path.name == "kept"
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(peak, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    measured = []
    for size_mib in (1, 64):
        (tmp_path / "plain").write_bytes(one_page(stream(bytes(size_mib << 20)), page=b"/Group 6 0 R"))
        command = [sys.executable, "-c", MEASURED, str(tmp_path)]
        said = subprocess.run(command, capture_output=True, check=True, timeout=120).stdout
        measured.append([int(kib) for kib in said.split()])
    (small, _), (large, child) = measured
    assert large - small < 8 * 1024
    assert child * 1024 < confine.MEMORY_BYTES  # qpdf holds one stream at a time
