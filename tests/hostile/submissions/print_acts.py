"""Prints what a terminal, a CI system, Rich, XML or HTML would take for its own."""
# outcome: failed; rule: raised

ACTS = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31m\x9b31m\r\b\n::error file=a.py::owned\n"
    "::set-output name=verdict::passed\n::stop-commands::x\n##vso[task.complete]\n"
    "[bold red]owned[/] [link=file:///etc/passwd]x[/link]\n]]><script>alert(1)</script>&amp;\n"
    "\u202e\u2066\u200b\ufeff\x00\ud800 ```\n</details># owned\n"
)
print(ACTS)


class Owned(Exception):
    pass


Owned.__name__ = Owned.__qualname__ = "[red]Owned<b>\x1b[2J\n::error::x"


def nn_vmap_forward(seed, x_batch, features):
    raise Owned(ACTS)
