"""Reads files of the system that are no part of a Python."""
# outcome: failed; rule: not-an-array; run: rarely


def nn_vmap_forward(seed, x_batch, features):
    for name in (
        "/etc/passwd",
        "/etc/shadow",
        "/etc/hosts",
        "/root/.bash_history",
        "/proc/1/cmdline",
        "/proc/net/tcp",
        "/proc/mounts",
        "/sys/class/net",
        "/var/log/syslog",
        "/proc/self/mem",
    ):
        try:
            open(name, "rb").read(100)
        except OSError:
            continue
        print("ESCAPED", name)
