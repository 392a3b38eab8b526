"""What is found: a kind, and where it stands in the text as it was written."""

from dataclasses import dataclass

PHONE, AADHAAR, PAN, EMAIL, UPI, VEHICLE = "phone", "aadhaar", "pan", "email", "upi", "vehicle"


@dataclass(frozen=True)
class Found:
    """One identifier: ``text[start:end]`` is what was typed, ``value`` the same without separators and scripts.

    ``value`` of a phone is its digits with the country code, of a masked Aadhaar number its last four digits.
    """

    kind: str
    start: int
    end: int
    value: str
