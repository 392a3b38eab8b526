"""Posters: one A4 sheet per thana, bilingual, as PDF and SVG.

The same on every wall of a thana: no serial, no date, no address of ours in the code, and nothing in the files about
who made them. The same input gives the same bytes, so anybody can check a poster by making it again.
"""

from dataclasses import dataclass

from provisioning.posters import layout, pdf, svg
from provisioning.posters import link as links
from provisioning.posters.drawing import Page
from provisioning.posters.number import Number
from provisioning.posters.words import Bilingual
from sync import placecode
from sync.directory import District, Thana


@dataclass(frozen=True)
class Poster:
    """One thana's sheet; ``code`` is the name for its files."""

    code: str
    link: str
    page: Page

    def pdf(self) -> bytes:
        """For the printer."""
        return pdf.write(self.page)

    def svg(self) -> bytes:
        """For the screen and for enlarging."""
        return svg.write(self.page)


def poster(thana: Thana, district: District, number: Number, words: Bilingual) -> Poster:
    """Lays out one thana's poster; raises ConfigError when its code, link or names do not fit."""
    code = placecode.code_of(thana.code)
    link = links.link(number, words.greeting, code)
    facts = layout.Facts(thana, district, code, number, links.host(number), links.matrix(link))
    return Poster(code, link, layout.page(facts, words))
