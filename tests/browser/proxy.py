"""A reverse proxy as small as can be: it ends TLS, forwards bytes, and keeps the first line of every request."""

import contextlib
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path


def self_signed(folder: Path) -> Path:
    """A certificate with its key for 127.0.0.1, made by OpenSSL."""
    file = folder / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*made, "-keyout", str(file), "-out", str(folder / "only.pem")], check=True, capture_output=True)
    file.write_text(file.read_text() + (folder / "only.pem").read_text())
    return file


@contextlib.contextmanager
def proxy(port: int, certificate: Path) -> Iterator[tuple[int, list[str]]]:
    """HTTPS on a free port in front of the server on `port`; that port, and the log of the requests."""
    log: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    class Forward(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with (
                contextlib.suppress(OSError),
                context.wrap_socket(self.request, server_side=True) as client,
                socket.create_connection(("127.0.0.1", port)) as server,
            ):
                back = threading.Thread(target=copy, args=(server, client), daemon=True)
                back.start()
                copy(client, server, log)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Forward) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        try:
            yield listening.server_address[1], log
        finally:
            listening.shutdown()


def copy(source: socket.socket, target: socket.socket, log: list[str] | None = None) -> None:
    """Bytes from one end to the other, until there are no more; requests go into the log, headers and all."""
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            if log is not None and data[:4] in (b"GET ", b"PUT ", b"POST", b"HEAD"):
                log.append(data.split(b"\r\n\r\n")[0].decode("latin-1"))
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
