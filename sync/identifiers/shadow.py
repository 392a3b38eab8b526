"""A text as patterns can read it, each of whose signs knows where it stands in the original."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_INVISIBLE = frozenset(
    "\u200b\u200c\u200d\u2060\ufe0e\ufe0f\u20e3\u20e2"
)  # joiners, and what makes 9 a keycap

_ZERO = "\u0966"


@dataclass(frozen=True)
class Shadow:
    """``text`` to search in; its sign ``i`` stands for the original's ``spans[i]`` (start, end)."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the signs ``start`` to ``end`` (exclusive, not empty) stand in the original."""
        return self.spans[start][0], self.spans[end - 1][1]

    def replaced(self, changes: Sequence[tuple[int, int, str]]) -> "Shadow":
        """With other signs for some stretches (start, end, new text), each of which stands for the whole stretch."""
        text, spans, at = list[str](), list[tuple[int, int]](), 0
        for start, end, new in changes:
            text += [self.text[at:start], new]
            spans += [*self.spans[at:start], *[self.span(start, end)] * len(new)]
            at = end
        return Shadow("".join([*text, self.text[at:]]), (*spans, *self.spans[at:]))


def shadow(text: str) -> Shadow:
    """Digits of every script as 0 to 9, invisible signs gone, wide letters narrow; nothing else changes."""
    signs, spans = list[str](), list[tuple[int, int]]()
    for at, char in enumerate(text):
        if char in _INVISIBLE:
            if spans:
                spans[-1] = (spans[-1][0], at + 1)
            continue
        for sign in "." if char == _ZERO and _follows_letter(text, at) else _plain(char):
            signs.append(sign)
            spans.append((at, at + 1))
    return Shadow("".join(signs), tuple(spans))


def _follows_letter(text: str, at: int) -> bool:
    """Whether the Hindi zero shortens a word, as in "मो० नं०"."""
    return at > 0 and "\u0900" <= text[at - 1] <= "\u0963"


def _plain(char: str) -> str:
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.digit(char))
    return unicodedata.normalize("NFKC", char) if "\uff01" <= char <= "\uff5e" else char
