"""Texts that cost more than their length where a pattern tries every way to read them."""

from collections.abc import Callable

TEXTS: dict[str, Callable[[int], str]] = {
    "aadhaar at length, then digits": lambda n: "a" * (n * 6 // 10) + " 1 2 3" * (n // 15),
    "single digits": lambda n: "1 2 3 " * (n // 6),
    "phones": lambda n: "9876543210 " * (n // 11),
    "calls abroad": lambda n: "0 0 9 1 9 8 " * (n // 12),
    "addresses": lambda n: "a@b.in aa@ybl " * (n // 14),
    "half addresses": lambda n: "a at the rate of b dot " * (n // 23),
    "one handle": lambda n: "a@" + "b" * n + "@",
    "blanks": lambda n: "a" + " " * n,
    "names of letters": lambda n: "एसी" * (n // 3) + "क",
    "spoken digits": lambda n: "nau double aath " * (n // 16),
    "politeness": lambda n: "x " + "do " * (n // 3),
    "crimes": lambda n: "sand mining jua " * (n // 16),
    "marks on one letter": lambda n: "a" + "\u0301\u0316" * (n // 2),
    "one sign that is eighteen": lambda n: "\ufdfa" * n,
    "receipts": lambda n: "parchi 1234 5678 9012 345 " * (n // 26),
    "a receipt, then links": lambda n: "1234 5678 9012 345 " + "me to " * (n // 12) + "add " * (n // 8),
    "words to add, then a receipt": lambda n: "add to jod do " * (n // 14) + "1234 5678 9012 3456",
    "plates": lambda n: "UP62AB1234 " * (n // 11),
}
"""Each by about how many signs it is to have."""
