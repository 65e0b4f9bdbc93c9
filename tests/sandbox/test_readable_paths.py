"""What Python needs to read, and leaving something out of a tree that is otherwise granted."""

import os
import sys
from pathlib import Path

import msgspec
import pytest
from sandbox_forker import Raised, Returned
from sandbox_lab import ROOT, Forker, needs

import grader.sandbox.paths
from grader.sandbox.paths import OF_THE_PROCESS, listable_above, python_paths, readable_without


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """An installed grader with what it ships, beside another package."""
    files = [
        "site-packages/numpy/__init__.py",
        "site-packages/numpy/core.py",
        "site-packages/six.py",
        "site-packages/grader/__init__.py",
        "site-packages/grader/rules/one.py",
        "site-packages/grader/_shipped/readme",
        "site-packages/grader/_shipped/solutions/secret.py",
        "site-packages/grader/_shipped/exercises/task.py",
        "elsewhere/private.txt",
    ]
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "site-packages/linked").symlink_to(tmp_path / "elsewhere")
    return Path(os.path.realpath(tmp_path))


def shipped(tree: Path) -> tuple[str, ...]:
    home = tree / "site-packages/grader/_shipped"
    return (str(home / "solutions"), str(home / "exercises"))


def relative(paths: tuple[str, ...], tree: Path) -> list[str]:
    return sorted(os.path.relpath(path, tree) for path in paths)


def test_nothing_to_leave_out(tree: Path) -> None:
    roots = (str(tree / "site-packages"), "/proc/self/status")
    assert readable_without(roots, ()) == roots
    assert readable_without(roots, (str(tree / "elsewhere"),)) == roots
    assert listable_above(roots, ()) == ()


def test_only_the_folders_on_the_way_are_opened_up(tree: Path) -> None:
    roots = (str(tree / "site-packages"),)
    assert relative(readable_without(roots, shipped(tree)), tree / "site-packages") == [
        "grader/__init__.py",
        "grader/_shipped/readme",
        "grader/rules",
        "numpy",
        "six.py",
    ]
    assert relative(listable_above(roots, shipped(tree)), tree / "site-packages") == [
        ".",
        "grader",
        "grader/_shipped",
    ]


def test_a_root_inside_an_excluded_folder_grants_nothing(tree: Path) -> None:
    secret = shipped(tree)[0]
    assert readable_without((secret, f"{secret}/secret.py"), (secret,)) == ()
    assert listable_above((secret,), (secret,)) == ()


def test_names_with_a_common_prefix_are_distinguished(tree: Path) -> None:
    (tree / "site-packages/grader_extra").mkdir()
    found = readable_without((str(tree / "site-packages"),), (str(tree / "site-packages/grader"),))
    assert str(tree / "site-packages/grader_extra") in found


def test_links_do_not_lead_around_the_exclusion(tree: Path) -> None:
    """Neither a link to the root, nor one in an opened folder, nor one to what is left out."""
    (tree / "venv").symlink_to(tree / "site-packages")
    (tree / "site-packages/back").symlink_to(shipped(tree)[0])
    (tree / "also").symlink_to(shipped(tree)[0])
    roots = (str(tree / "venv"),)
    expected = readable_without((str(tree / "site-packages"),), shipped(tree))
    assert readable_without(roots, shipped(tree)) == expected
    assert readable_without(roots, (str(tree / "also"), shipped(tree)[1])) == expected
    assert not [path for path in expected if path.endswith(("back", "linked"))]


@needs("landlock-files", "no-new-privileges")
def test_the_kernel_sees_it_the_same_way(forker: Forker, tree: Path) -> None:
    roots = (str(tree / "site-packages"),)
    policy = msgspec.structs.replace(
        forker.policy,
        readable=(*forker.policy.readable, *readable_without(roots, shipped(tree))),
        listable=listable_above(roots, shipped(tree)),
    )
    files = [*(tree / "site-packages").rglob("*.*"), tree / "elsewhere/private.txt"]
    for file in files:
        answer = forker.tries("read", str(file), policy=policy)
        secret = any(part in ("_shipped", "elsewhere") for part in file.parts)
        assert isinstance(answer, Raised if secret else Returned), file
    answer = forker.tries("names_in", roots[0], policy=policy)
    assert isinstance(answer, Returned)


def test_python_is_readable() -> None:
    found = python_paths()
    assert set(OF_THE_PROCESS) <= set(found)
    for module in ("os", "json", "msgspec", "numpy"):
        file = os.path.realpath(str(sys.modules.get(module, __import__(module)).__file__))
        assert any(f"{file}/".startswith(f"{path}/") for path in found), module
    own = os.path.realpath(grader.sandbox.paths.__file__)
    assert not any(own.startswith(path) for path in found)


def test_no_path_is_below_another() -> None:
    found = python_paths()
    for path in found:
        above = {str(parent) for parent in Path(path).parents}
        assert not above & set(found)


def test_home_and_checkout_are_not_granted() -> None:
    found = {Path(path) for path in python_paths()}
    for private in (Path.home(), Path("/"), Path("/etc"), Path("/proc"), Path("/tmp"), ROOT):
        assert private not in found
    for name in ("exercises", "solutions", "tests"):
        assert not any(ROOT / name in (path, *path.parents) for path in found)
