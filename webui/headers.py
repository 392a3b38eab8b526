"""Headers on every answer: what a page may load, and what may stay on a shared PC."""

from flask import Response, request

from webui.site import site

CONTENT_POLICY = (
    "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FOR_EVER = "public, max-age=31536000, immutable"
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


def harden(response: Response) -> Response:
    """After every request: sets what the view has not set itself."""
    for name, value in EVERYWHERE.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    if site().tls:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint == "static":
        response.headers["Cache-Control"] = FOR_EVER if _named_by_content() else "no-cache"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _named_by_content() -> bool:
    """Whether this address can never mean other bytes: it carries a version or a hash."""
    return "v" in request.args or request.path.startswith("/static/vendor/")
