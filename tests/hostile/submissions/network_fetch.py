"""Fetches a page, and asks for the address of a name, which tells the name's server."""
# outcome: failed; rule: not-an-array
import socket
import urllib.request


def nn_vmap_forward(seed, x_batch, features):
    for act in (
        lambda: urllib.request.urlopen("http://127.0.0.1:@PORT@/secrets", timeout=1),
        lambda: socket.getaddrinfo("secret.example.org", 80),
        lambda: socket.create_connection(("127.0.0.1", @PORT@), timeout=1),
        lambda: socket.gethostbyname("secret.example.org"),
    ):
        try:
            print("ESCAPED", act())
        except OSError:
            pass
