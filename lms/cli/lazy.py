"""A group of commands that imports a command's module when that command is asked for."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click
from click.exceptions import NoSuchCommand


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let Python look for garbage rarely: imports and checks make little, and looking took 6 % of `lms check`."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class LazyGroup(click.Group):
    """A click group that knows the names of its commands before it imports them.

    A command costs what it imports itself, and nothing of the others. Help shows a line of each: where `lines` has it,
    nothing is imported for it. See "Lazily Loading Subcommands" in click's documentation.
    """

    def __init__(
        self, *args: Any, places: Mapping[str, str], lines: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        """Take the place of each command as "module:attribute", and a line about it, by the command's name."""
        super().__init__(*args, **kwargs)
        self._places, self._lines = places, lines or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, imported or not."""
        return sorted({*self.commands, *self._places})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing it the first time; None when there is none of that name."""
        if cmd_name in self._places and cmd_name not in self.commands:
            module, _, attribute = self._places[cmd_name].partition(":")
            with rare_collections():
                self.add_command(getattr(import_module(module), attribute), cmd_name)
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name; for a misspelt one, suggest from all names."""
        try:
            return super().resolve_command(ctx, args)
        except NoSuchCommand as error:
            # click itself suggests from the commands that are imported already.
            raise NoSuchCommand(error.command_name, possibilities=self.list_commands(ctx), ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands as click does, from the lines that are known without importing."""
        names = self.list_commands(ctx)
        if set(names) - set(self._lines):
            super().format_commands(ctx, formatter)
            return
        room = formatter.width - 6 - max(map(len, names))
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, click.Command(name, help=self._lines[name]).get_short_help_str(room)) for name in names]
            )
