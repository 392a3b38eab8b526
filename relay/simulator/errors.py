"""Errors of the Graph API (codes, titles, HTTP statuses, JSON) and of whoever steers the simulator."""

from typing import Any

_TITLES = {
    2: "API Service",
    4: "API Too Many Calls",
    10: "Application does not have permission for this action",
    33: "Parameter value is not valid",
    80007: "Rate limit issues",
    130429: "Rate limit hit",
    131000: "Something went wrong",
    131005: "Access denied",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131016: "Service unavailable",
    131026: "Message undeliverable",
    131031: "Business Account locked",
    131042: "Business eligibility payment issue",
    131047: "Re-engagement message",
    131048: "Spam rate limit hit",
    131051: "Unsupported message type",
    131052: "Media download error",
    131053: "Media upload error",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    132000: "Number of parameters does not match the expected number of params",
    132001: "Template name does not exist in the translation",
    132012: "Parameter format does not match format in the created template",
    133010: "The account is not registered",
}
_HTTP_STATUSES = {
    2: 503, 10: 403, 190: 401, 368: 403, 131000: 500, 131005: 403, 131016: 500,
    131031: 403, 131057: 500, 132001: 404,
}  # fmt: skip


class Unanswered(Exception):
    """The request was carried out, but its answer gets lost on the way."""


class Broken(Exception):
    """A machine between the relay and the Graph API answers with this HTTP status and no JSON."""

    def __init__(self, http_status: int) -> None:
        super().__init__(f"HTTP {http_status}")
        self.http_status = http_status


class Misuse(ValueError):
    """Something asked of the simulator that cannot be: the message says what can."""


class Missing(LookupError):
    """Something asked for that the simulator does not have."""


class GraphError(Exception):
    """A request WhatsApp refuses: `code` and `details` as its documentation lists them."""

    def __init__(self, code: int, details: str, subcode: int | None = None) -> None:
        super().__init__(details)
        self.code = code
        self.details = details
        self.subcode = subcode

    @property
    def http_status(self) -> int:
        """The HTTP status that goes with the code; 400 for most."""
        return _HTTP_STATUSES.get(self.code, 400)

    def as_json(self, trace_id: str) -> dict[str, Any]:
        """The body of the answer."""
        error: dict[str, Any] = {"message": _message(self), "type": "OAuthException", "code": self.code}
        if self.code not in (100, 190):
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error | {"fbtrace_id": trace_id}}


def status_error(code: int, details: str) -> dict[str, Any]:
    """The same error as it stands in a status `failed` or an undecodable message."""
    title = _TITLES.get(code, "Error")
    return {"code": code, "title": title, "message": title, "error_data": {"details": details}}


def _message(error: GraphError) -> str:
    if error.code == 190:
        return error.details
    return f"(#{error.code}) {error.details if error.code == 100 else _TITLES.get(error.code, error.details)}"
