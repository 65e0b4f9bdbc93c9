"""Opens a door for others to come in, and sends over a pair of sockets of its own."""
# outcome: failed; rule: not-an-array
import socket


def nn_vmap_forward(seed, x_batch, features):
    for act in (
        lambda: socket.create_server(("127.0.0.1", 0)),
        lambda: socket.create_server(("", 0), family=socket.AF_INET6),
        lambda: socket.socketpair(),
        lambda: socket.socket(socket.AF_UNIX).bind("door"),
        lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    ):
        try:
            print("ESCAPED", act())
        except (OSError, AttributeError):
            pass
