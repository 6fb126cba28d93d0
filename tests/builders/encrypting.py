"""TLS in front of a PostgreSQL for tests, whose build has none: clients hear what a server with `ssl = on` says."""

from __future__ import annotations

import selectors
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.postgres import PORT, Cluster

ASKS_FOR_TLS = bytes.fromhex("00000008 04d2162f")
CHUNK = 64 * 1024


class Front(socketserver.ThreadingTCPServer):
    """A server that speaks PostgreSQL over TLS only, and passes on to a cluster what it hears."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, cluster: Cluster, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), Way)
        self.behind, self.context = str(cluster.folder / f".s.PGSQL.{PORT}"), context

    def url(self, url: str, **options: str) -> str:
        """Return the address of a cluster's database by way of this server."""
        start, _at, rest = url.partition("@/")
        asked = "&".join(f"{name}={value}" for name, value in options.items())
        return f"{start}@127.0.0.1:{self.server_address[1]}/{rest.partition('?')[0]}?{asked}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that doesn't trust the certificate."""


class Way(socketserver.BaseRequestHandler):
    """One connection."""

    server: Front

    def handle(self) -> None:
        asked = self.request.recv(len(ASKS_FOR_TLS), socket.MSG_WAITALL)
        if asked != ASKS_FOR_TLS:
            return
        self.request.sendall(b"S")
        wrapped = self.server.context.wrap_socket(self.request, server_side=True)
        with wrapped as client, socket.socket(socket.AF_UNIX) as cluster:
            cluster.connect(self.server.behind)
            _pass_on(client, cluster)


def _pass_on(client: ssl.SSLSocket, cluster: socket.socket) -> None:
    other = {client: cluster, cluster: client}
    with selectors.DefaultSelector() as both, suppress(OSError):
        for one in other:
            both.register(one, selectors.EVENT_READ)
        while True:
            for key, _events in both.select():
                one: Any = key.fileobj
                content = one.recv(CHUNK)
                while one is client and client.pending():
                    content += client.recv(client.pending())
                if not content:
                    return
                other[one].sendall(content)


@contextmanager
def encrypting(cluster: Cluster, context: ssl.SSLContext) -> Iterator[Front]:
    """Let a cluster be reached over TLS, with the certificate of a context."""
    with Front(cluster, context) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
