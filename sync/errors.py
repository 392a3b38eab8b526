"""Every error of ours: what is wrong, what to do about it, and whether trying again can help."""


class SatarkError(Exception):
    """Base of our errors. ``permanent`` says that the same call with the same input will fail again."""

    permanent: bool = True

    def __init__(self, what: str, *, hint: str = "") -> None:
        """``what`` names the fault without any report text, number or key; ``hint`` says what to do."""
        super().__init__(f"{what}. {hint}" if hint else what)
        self.what = what
        self.hint = hint


class ConfigError(SatarkError):
    """A configuration value is missing or wrong: names the key, what was found, what is wanted."""


class Unreadable(SatarkError):
    """Bytes that are not what they should be: not our format, cut short, altered, or sealed to nobody here."""


class TooNew(SatarkError):
    """Made by a newer version of the product; upgrade this node."""


class NotForUs(SatarkError):
    """An envelope whose header names another recipient, or that came on another sender's topic."""


class UnknownNode(SatarkError):
    """The sender is not in this node's directory."""


class BadSignature(SatarkError):
    """A signature that does not verify under the key that the directory gives."""


class StaleKey(SatarkError):
    """Sealed to a key this node does not hold (any more)."""


class SchemaTooNew(SatarkError):
    """A database written by a newer version of the product."""


class Unavailable(SatarkError):
    """Something this node needs is not there just now; trying again later can help."""

    permanent = False
