"""Finds and drops what a file says of its maker: pictures, voice and sound, film, PDF.

Kept is an allow-list: what decoding needs, and which way up a picture is. Nothing is decoded and coded again, so what
is seen and heard stays the same bit for bit; a file with nothing to drop comes back byte for byte.
Colour profiles go too: they carry names, copyright lines and serials of screens and scanners, so a picture
in a wide colour space may look a little paler. So does the pixel density of a PNG.

``clean`` and ``scan`` take a picture in memory; ``clean_sealed`` and ``scan_sealed`` any kind that lies sealed on the
disk, and read the dangerous ones in a child that is shut in.

Not found here: what is hidden in the picture or sound itself, in the bits of its compressed stream (also past the last
block of a JPEG or lossy WebP, or an encoder's name inside a coded frame of MP3 or AAC), in how its tables betray the
camera model, in what a PDF draws where nobody sees it. Such a file decodes as before.
"""

from sync.metadata.outcome import Damaged, Unsupported
from sync.metadata.pictures import Cleaned, clean, scan
from sync.metadata.sealed import MIMES, CleanedFile, Sealed, clean_sealed, scan_sealed

__all__ = [
    "MIMES", "Cleaned", "CleanedFile", "Damaged", "Sealed", "Unsupported",
    "clean", "clean_sealed", "scan", "scan_sealed",
]  # fmt: skip
