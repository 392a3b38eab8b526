"""Sound and film copied by ffmpeg into a file of the same kind: packets as they are, nothing of what was around them.

Input and output are files in memory (memfd): ffmpeg must go back and forth in plain bytes, and no disk may hold them.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sync.errors import Unavailable
from sync.metadata.outcome import Damaged

TIMEOUT_S = 40.0
_PLACES = "/usr/bin:/usr/local/bin"
# One sound and one film at most; no subtitles, data, attached pictures; no tags, chapters, clock, version of ffmpeg.
_KEEP = ("-map", "0:V:0?", "-map", "0:a:0?", "-c", "copy", "-dn", "-sn")
_BARE = ("-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1",
         "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact")  # fmt: skip
_NO_USER_DATA = {
    "h264": ("-bsf:v", "filter_units=remove_types=0|6|12-31"),
    "hevc": ("-bsf:v", "filter_units=remove_types=10-15|22-31|38-63"),
}


@dataclass(frozen=True)
class Container:
    """How ffmpeg calls a kind of file: when it reads it, when it writes it, with which options."""

    reads: str
    writes: str
    options: tuple[str, ...] = ()


_MP4 = Container("mov", "mp4", ("-movflags", "+faststart"))
_3GP = Container("mov", "3gp", ("-movflags", "+faststart"))
CONTAINERS = {
    "audio/ogg": Container("ogg", "ogg"),
    "audio/mp4": _MP4,
    "video/mp4": _MP4,
    "audio/3gpp": _3GP,
    "video/3gpp": _3GP,
}
"""By the kind of the content."""


def copy(data: bytes, container: Container, codec: str, prepare: Callable[[], None]) -> bytes:
    """The same packets in a bare file. ``codec``: "h264", "hevc" or "" for any other; ``prepare`` runs in the child.

    Raises Damaged where ffmpeg cannot read it, Unavailable where there is no ffmpeg.
    """
    program = _program()
    source, target = os.memfd_create("source"), os.memfd_create("target")
    try:
        with os.fdopen(os.dup(source), "wb") as file:
            file.write(data)
        _run(_command(program, source, target, container, codec), (source, target), prepare)
        with os.fdopen(os.dup(target), "rb") as file:
            file.seek(0)
            return file.read()
    finally:
        os.close(source)
        os.close(target)


def tool() -> str:
    """The program that copies sounds and films, with its version; raises Unavailable."""
    said = subprocess.run([_program(), "-version"], capture_output=True, env={}, cwd="/", timeout=TIMEOUT_S)
    found = re.match(rb"ffmpeg version ([0-9A-Za-z.+~:-]{1,30})", said.stdout)
    return f"ffmpeg {found[1].decode()}" if found else "ffmpeg"


def _program() -> str:
    program = shutil.which("ffmpeg", path=_PLACES)
    if program is None:
        raise Unavailable("ffmpeg is not installed", hint="apt install ffmpeg")
    return program


def _command(program: str, source: int, target: int, container: Container, codec: str) -> list[str]:
    return [
        program, "-nostdin", "-hide_banner", "-v", "quiet", "-y", "-threads", "1", "-protocol_whitelist", "file",
        "-f", container.reads, "-i", f"/proc/self/fd/{source}", *_KEEP, *_BARE, *_NO_USER_DATA.get(codec, ()),
        *container.options, "-f", container.writes, f"/proc/self/fd/{target}",
    ]  # fmt: skip


def _run(command: Sequence[str], descriptors: tuple[int, ...], prepare: Callable[[], None]) -> None:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=descriptors,
            env={},
            cwd="/",
            timeout=TIMEOUT_S,
            preexec_fn=prepare,  # safe: this process has one thread
        )
    except subprocess.TimeoutExpired as error:
        raise Damaged("a sound or film that cannot be copied in time") from error
    if done.returncode != 0:
        raise Damaged("a sound or film that cannot be copied")
