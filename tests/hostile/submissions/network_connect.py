"""Connects to a socket that somebody listens on, and sends what it knows."""
# outcome: failed; rule: not-an-array
import socket


def nn_vmap_forward(seed, x_batch, features):
    for family, kind, address in (
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", @PORT@)),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", @PORT@)),
        (socket.AF_INET6, socket.SOCK_STREAM, ("::1", @PORT@)),
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
