"""A group of commands that lie in other modules, and how our errors reach a terminal."""

import importlib
from collections.abc import Mapping
from typing import IO, Any

import click

from sync.errors import SatarkError

Places = Mapping[str, tuple[str, str]]
"""Command name -> ("module:attribute", one line of help)."""


class Failure(click.ClickException):
    """One of our errors: its text on one line, what to do on the next. Exit code 1."""

    def __init__(self, error: SatarkError) -> None:
        """Takes over the error's words."""
        super().__init__(error.what)
        self.hint = error.hint

    def show(self, file: IO[Any] | None = None) -> None:
        """Prints to standard error."""
        click.echo(f"satark: {self.message}", err=True)
        if self.hint:
            click.echo(f"        {self.hint}", err=True)


class TryAgain(Failure):
    """One that may be over by itself later. Exit code 2."""

    exit_code = 2


class LazyGroup(click.Group):
    """Imports the module of a command when that command is called; its name and help are known before."""

    def __init__(self, *args: Any, commands_at: Places, **attributes: Any) -> None:
        """``commands_at`` names the commands and where they lie."""
        super().__init__(*args, **attributes)
        self._places = commands_at

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order given."""
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports one command; None when there is none of that name."""
        if cmd_name not in self._places:
            return None
        module, _, attribute = self._places[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in --help, made without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._places.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command; our errors become one line instead of a traceback."""
        try:
            return super().invoke(ctx)
        except SatarkError as error:
            raise (Failure if error.permanent else TryAgain)(error) from error
