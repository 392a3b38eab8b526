"""Pages of plain counts: trends, thanas side by side, the map of thanas, the weekly review sheet, and their CSV."""

from webui.figures import districts, download, review, thanas, tilemap, trend
from webui.figures.frame import pages

__all__ = ["districts", "download", "pages", "review", "thanas", "tilemap", "trend"]
