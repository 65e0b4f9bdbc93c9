"""All layers together: the rows they give, and that jax and flax run under them."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from sandbox_forker import Returned
from sandbox_lab import ROOT, Forker, needs

from grader.sandbox.confine import available
from grader.sandbox.policy import Policy, Protection


def script(source: str, *arguments: str) -> str:
    environment = {"PYTHONPATH": str(ROOT), "HOME": "/nonexistent", "JAX_PLATFORMS": "cpu"}
    completed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", source, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    return completed.stdout


DENSE = r"""
import json, os, sys
import jax, flax.linen as nn
from grader.sandbox import landlock
from grader.sandbox.confine import confine
from grader.sandbox.paths import listable_above, python_paths, readable_without
from grader.sandbox.policy import Policy

scratch, excluded = sys.argv[1], os.path.join(os.path.dirname(jax.__file__), "collect_profile.py")
roots = python_paths()
policy = Policy(
    readable=readable_without(roots, (excluded,)),
    listable=listable_above(roots, (excluded,)),
    writable=(scratch,), memory_bytes=2**31, cpu_seconds=60,
)
without_landlock = os.fork()
if without_landlock:
    child = os.fork()
    if child:
        statuses = [os.waitpid(found, 0)[1] for found in (without_landlock, child)]
        sys.exit(any(statuses))
else:
    def missing():
        raise OSError(38, "no Landlock")
    landlock._abi = missing
rows = confine(policy)
key = jax.random.PRNGKey(3)
dense = nn.Dense(4)
x = jax.numpy.ones((2, 3))
variables = dense.init(key, x)
y = jax.jit(dense.apply)(variables, x)
before = set(sys.modules)
import importlib.metadata, scipy.signal, xml.dom.minidom
entries = importlib.metadata.entry_points(group="console_scripts")
try:
    open(excluded).close()
    read = True
except PermissionError:
    read = False
result = json.dumps({
    "pretended": without_landlock == 0,
    "shape": list(y.shape),
    "imported": len(set(sys.modules) - before),
    "entries": len(entries),
    "excluded was read": read,
    "inactive": [row.name for row in rows if not row.active],
})
os.write(1, result.encode() + b"\n")
os._exit(0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no fork here")
def test_jax_and_flax_run_and_import_more(tmp_path: Path) -> None:
    """A whole Dense on a backend that starts after confinement; one module is left out.

    Once as this system can, and once as if there were no Landlock.
    """
    lines = script(DENSE, str(tmp_path)).splitlines()
    assert len(lines) == 2
    for found in map(msgspec.json.decode, lines):
        missing = [row.name for row in available() if not row.active]
        if found["pretended"]:
            missing = sorted({*missing, "landlock-files", "landlock-network", "landlock-signals"})
        assert found["shape"] == [2, 4]
        assert found["imported"] > 20
        assert found["entries"] > 0
        assert sorted(found["inactive"]) == sorted(missing)
        assert found["excluded was read"] is ("landlock-files" in missing)


def test_probing_and_applying_name_the_same_rows(forker: Forker) -> None:
    answer = forker.tries("confine_again", msgspec.json.encode(forker.policy).decode())
    assert isinstance(answer, Returned)
    rows = available()
    assert len({row.name for row in rows}) == len(rows)
    assert {row.name for row in rows if row.kernel} == {"landlock-files", "seccomp"}
    assert all(row.active or row.detail for row in rows)


ROWS = """
import msgspec, sys
from grader.sandbox.confine import available, confine
from grader.sandbox.policy import Policy
policy = Policy(readable=(), memory_bytes=2**30, cpu_seconds=10)
before = available()
sys.stdout.write(msgspec.json.encode((before, confine(policy))).decode())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it would be the real thing")
@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_reported_protections_are_active(system: str) -> None:
    """Also where the system says it is another one, with no Landlock, no seccomp, no resource."""
    pretend = f"import sys; sys.platform = {system!r}; sys.modules['resource'] = None\n"
    source = ROWS if system == "linux" else pretend + ROWS
    if system == "darwin":
        source = source.replace("sys.modules['resource'] = None", "")
    said, done = msgspec.json.decode(
        script(source), type=tuple[tuple[Protection, ...], tuple[Protection, ...]]
    )
    assert [(row.name, row.active) for row in said] == [(row.name, row.active) for row in done]
    if system != "linux":
        assert not any(row.active for row in done if row.kernel)
        assert all(row.detail for row in done if not row.active)


@needs("landlock-files", "seccomp")
def test_confinement_cannot_be_widened(forker: Forker) -> None:
    """A second policy that grants everything is refused by the layers that could grant."""
    wide = msgspec.structs.replace(forker.policy, readable=("/",), writable=("/",))
    answer = forker.tries("confine_again", msgspec.json.encode(wide).decode())
    assert isinstance(answer, Returned)
    active = msgspec.json.decode(answer.value, type=list[str])
    assert not {"landlock-files", "seccomp"} & set(active)


THREADS = """
import msgspec, sys, threading
from grader.sandbox.confine import confine
from grader.sandbox.policy import Policy
threading.Thread(target=threading.Event().wait, daemon=True).start()
rows = confine(Policy(readable=(), memory_bytes=2**30, cpu_seconds=10))
sys.stdout.write(msgspec.json.encode(rows).decode())
sys.stdout.flush()
__import__("os")._exit(0)
"""


@needs("landlock-files")
def test_a_thread_that_ran_before_is_reported() -> None:
    rows = msgspec.json.decode(script(THREADS), type=tuple[Protection, ...])
    files = next(row for row in rows if row.name == "landlock-files")
    assert not files.active
    assert "1 thread" in files.detail


def test_a_policy_can_be_sent_as_data() -> None:
    policy = Policy(readable=("/a",), listable=("/b",), memory_bytes=1, cpu_seconds=2)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(policy), type=Policy) == policy
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"readable":[],"memory_bytes":0,"cpu_seconds":1}', type=Policy)
