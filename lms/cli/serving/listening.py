"""The address that a served site listens on."""

from __future__ import annotations

import errno
import os
import socket

import click

# How many connections may wait to be taken, as gunicorn has it.
BACKLOG = 2048


def open_port(host: str, port: int) -> socket.socket:
    """Return a socket for an address, on which nobody listens yet; refuse one that can't be had before anything starts.

    The web servers of a site share it one after the other, so that a reload closes no door.
    """
    try:
        family, kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise click.ClickException(f"--host {host} isn’t an address. An example: --host 0.0.0.0") from None
    found = socket.socket(family, kind)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(address)
    except OSError as error:
        found.close()
        raise click.ClickException(_port_words(host, port, error)) from None
    return found


def listen(handle: int) -> None:
    """Listen on a socket of `open_port`, unless that is done; refuse it if somebody else was quicker meanwhile."""
    with socket.socket(fileno=os.dup(handle)) as door:
        if door.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return
        try:
            door.listen(BACKLOG)
        except OSError as error:
            host, port = door.getsockname()[:2]
            raise click.ClickException(_port_words(host, port, error, meanwhile=True)) from None


def _port_words(host: str, port: int, error: OSError, meanwhile: bool = False) -> str:
    if error.errno == errno.EADDRINUSE:
        other = f"choose another port: PORT={port + 1 if port < 65535 else 8000} lms serve"
        if meanwhile:
            gone = f"Port {port} on {host} was taken while the site was starting, perhaps by the same site."
            return f"{gone} Stop that one, or {other}"
        return (
            f"Port {port} on {host} is already in use, perhaps by a site that is still running. Nothing was changed. "
            f"Stop it, or {other}"
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"This account isn’t allowed to use port {port}. Choose one above 1023: PORT=8000 lms serve"
    return f"The site can’t listen on {host}, port {port}: {error.strerror}. An example: --host 127.0.0.1"
