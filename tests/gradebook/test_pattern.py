"""`--students PATTERN`: what it reads off a path, and what is said of a wrong one."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from gradebook_classes import Make, handed, owners, programs, tree

from grader.errors import CommandWrong
from grader.gradebook.intake.collect import collect
from grader.gradebook.intake.layouts.pattern import pattern


def seen(template: str, path: str) -> dict[str, object] | None:
    found = pattern(template).sightings(path)
    if not found:
        return None
    (one,) = found
    fields = {each: getattr(one.who, each) for each in ("name", "id", "email", "number", "login")}
    told = {key: value for key, value in fields.items() if value}
    if one.attempt != 1:
        told["attempt"] = one.attempt
    if one.late:
        told["late"] = True
    return told


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        ("{name}_{id}_{rest}.py", "anna_s12_hw_1.py", {"name": "anna", "id": "s12"}),
        ("{name}_{id}_{rest}.py", "Anna_Maria_s12_hw.py", {"name": "Anna_Maria", "id": "s12"}),
        ("{name}_{id}_{rest}.py", "anna_asmith_hw.py", {"name": "anna", "id": "asmith"}),
        ("{name}_{id}_{rest}.py", "anna_s12.py", None),
        ("{name}_{id}_{rest}.py", "anna_s12_hw.ipynb", None),
        ("{name}_{id}_{rest}.py", "x/anna_s12_hw.py", None),
        ("{name}/{rest}", "anna/src/deep/hw.py", {"name": "anna"}),
        ("{name}/{rest}", "anna.py", None),
        ("{rest}/{name}.py", "group 1/week 2/anna.py", {"name": "anna"}),
        ("{rest}/{id}-{name}/{rest}", "g/12-anna/a/hw.py", {"id": "12", "name": "anna"}),
        ("{email}.py", "anna.smith@uni.edu.py", {"email": "anna.smith@uni.edu"}),
        ("{email}.py", "anna.py", None),
        ("{number} {name}.py", "0042 anna smith.PY", {"number": "0042", "name": "anna smith"}),
        ("{name}_v{attempt}.py", "anna_v3.py", {"name": "anna", "attempt": 3}),
        ("{name}_{late}_{id}.py", "anna_LATE_12.py", {"name": "anna", "id": "12", "late": True}),
        ("{name}_{late}_{id}.py", "anna_12.py", {"name": "anna", "id": "12"}),
        ("{name}_{late}.py", "anna_late.py", {"name": "anna", "late": True}),
        ("{name}_{late}.py", "anna.py", {"name": "anna"}),
        ("{name} ({id}).py", "anna (12).py", {"name": "anna", "id": "12"}),
        ("a.b+{name}{{x}}.py", "a.b+anna{x}.py", {"name": "anna"}),
        ("a.b+{name}.py", "axb+anna.py", None),
    ],
)
def test_fields(template: str, path: str, expected: dict[str, object] | None) -> None:
    assert seen(template, path) == expected


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{nam}_{id}.py", "there is no field {nam}; did you mean name?"),
        ("{xyzzy}.py", "there is no field {xyzzy}; there are name, id, email"),
        ("{}.py", "there is no field {}"),
        ("{rest}.py", "no field that names anybody"),
        ("hw.py", "no field that names anybody"),
        ("", "no field that names anybody"),
        ("{name}{id}.py", "where {name} ends and {id} begins isn't clear"),
        ("{name}_{name}.py", "{name} is there twice"),
        ("{name_{id}.py", "the { has no partner"),
        ("name}.py", "the } has no partner"),
        ("{name}_*.py", "no path is like that; there is anna.py"),
    ],
)
def test_a_wrong_pattern_is_a_wrong_command(tmp_path: Path, template: str, words: str) -> None:
    folder = tree(tmp_path / "class", programs("anna.py", "ben.py"))
    with pytest.raises(CommandWrong) as error:
        collect(folder, students=template)
    assert words in str(error.value)
    assert str(error.value).startswith(f"--students {template}: ")


def test_paths_that_do_not_match_have_no_owner_and_are_reported(laid_out: Make) -> None:
    files = programs("anna_12_hw.py", "bob_13_hw.py", "solution.py")
    found = collect(laid_out(files), students="{name}_{id}_{rest}.py")
    assert owners(found) == {"anna_12_hw.py": "12", "bob_13_hw.py": "13", "solution.py": ""}
    assert "the path names nobody: solution.py" in found.problems
    assert found.layout == "the pattern {name}_{id}_{rest}.py"


def test_a_pattern_goes_before_a_platforms_layout(laid_out: Make) -> None:
    files = programs("smithjohn_1234_9001_ab12_hw.py", "liwei_1235_9002_cd34_hw.py")
    found = collect(laid_out(files), students="{name}_{number}_{rest}_{id}_hw.py")
    assert sorted(owners(found).values()) == ["ab12", "cd34"]


def test_a_pattern_holds_below_the_folder_that_everything_is_in(laid_out: Make) -> None:
    files = programs("class/anna/hw.py", "class/bob/hw.py")
    found = collect(laid_out(files), students="{name}/{rest}")
    assert sorted(owners(found).values()) == ["anna", "bob"]
    whole = collect(laid_out(files, "other"), students="class/{name}/{rest}")
    assert sorted(owners(whole).values()) == ["anna", "bob"]


def test_attempts_are_in_order(laid_out: Make) -> None:
    files = programs("anna_v10.py", "anna_v9.py", "bob_v1.py")
    found = collect(laid_out(files), students="{name}_v{attempt}.py")
    assert handed(found, "anna_v10.py").order == 1
    assert handed(found, "anna_v9.py").order == 0


def test_a_zip_is_matched_by_its_own_name_or_by_what_is_in_it(laid_out: Make) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("hw/hw.py", "x = 1")
    files = {"anna_12_hw.zip": inner.getvalue(), "bob_13_hw.zip": inner.getvalue()}
    path = laid_out(files)
    for template in ("{name}_{id}_{rest}.zip", "{name}_{id}_hw.zip/{rest}"):
        found = collect(path, students=template)
        assert owners(found) == {"anna_12_hw.zip/hw/hw.py": "12", "bob_13_hw.zip/hw/hw.py": "13"}
