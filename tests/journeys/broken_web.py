"""The relay's web process, whose handler breaks with the words of whoever called in its error."""

from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from relay import wsgi


def serve(root: str) -> WSGIApplication:
    """In place of ``relay.wsgi:serve``: all that it makes of the process, and an application that raises."""
    wsgi.serve(root)
    return fails


def fails(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Any error of a library: it quotes what it was given."""
    del start_response
    raise ValueError(environ["QUERY_STRING"] + environ["wsgi.input"].read().decode())
