"""Feedback comes back to whom it is for, and writes nowhere else."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import html5lib
import msgspec
import pytest

from grader.gradebook.classroom import Result
from grader.gradebook.outcome.feedback import write_feedback
from grader.gradebook.outcome.filenames import Unique, safe_name
from tests.gradebook.classes import ANNA, BEN, CLEO, FAILED, canvas, moodle, result, student
from tests.render.reports import NASTY


def pages(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.html"))
    }


def moodle_reads(name: str) -> tuple[int, str] | None:
    """As `is_valid_filename_for_import`: the participant, and the file's name in Moodle."""
    *folders, file = name.split("/")
    if file[0] in ".~":
        return None
    parts = [*folders, file]
    while parts:
        info = parts.pop(0).split("_", 4)
        if len(info) >= 4 and info[1].isdigit() and info[2] == "assignsubmission":
            return int(info[1]), "/".join([*info[4:], *parts])
    return None


def canvas_reads(name: str) -> tuple[str, ...]:
    """As `infer_comment_context_from_filename`: the user's number and the attachment's."""
    parts = [part for part in name.rpartition("/")[2].split("_") if part != "LATE"]
    if parts[0] == "anon":
        return tuple(parts[1:3])
    return tuple([part for part in parts if re.fullmatch(r"\d+", part)][:2])


def zipped(folder: Path, name: str) -> list[str]:
    with zipfile.ZipFile(folder / name) as packed:
        assert packed.testzip() is None
        return packed.namelist()


def test_moodle_takes_its_pages_back(tmp_path: Path) -> None:
    write_feedback([moodle(ANNA, FAILED), moodle(BEN), result(CLEO)], tmp_path)
    names = zipped(tmp_path, "moodle.zip")
    assert [moodle_reads(name) for name in names] == [
        (4711, "feedback-nn-vmap-shared.html"),
        (4712, "feedback-nn-vmap-shared.html"),
    ]
    assert set(names) < set(pages(tmp_path)) and len(pages(tmp_path)) == 3


def test_canvas_takes_its_pages_back(tmp_path: Path) -> None:
    long = result(CLEO_1, path=f"{'x' * 200}_LATE_99_7_{'y' * 300}.py")
    write_feedback([canvas(ANNA), canvas(BEN, late="LATE_"), long], tmp_path)
    found = [canvas_reads(name) for name in zipped(tmp_path, "canvas.zip")]
    assert found == [("4711", "900"), ("4712", "900"), ("99", "7")]


CLEO_1 = msgspec.structs.replace(CLEO, number="99")


def test_an_anonymous_assignment_of_canvas_gets_its_pages_back(tmp_path: Path) -> None:
    who = student("", number="aB3xY", key="aB3xY")
    write_feedback([result(who, path="anon_aB3xY_900_hw.py")], tmp_path)
    assert [canvas_reads(name) for name in zipped(tmp_path, "canvas.zip")] == [("aB3xY", "900")]


def test_two_assignments_get_a_zip_each_since_their_numbers_differ(tmp_path: Path) -> None:
    for week in ("week 1", "week 2"):
        one = moodle(ANNA)
        path = f"{week}/{one.handed.path}"
        handed = msgspec.structs.replace(one.handed, path=path, place=f"{week}/{one.handed.place}")
        write_feedback([msgspec.structs.replace(one, handed=handed)], tmp_path)
    assert sorted(path.name for path in tmp_path.glob("*.zip")) == [
        "moodle-week_1.zip",
        "moodle-week_2.zip",
    ]


def test_only_the_file_that_counts_gets_a_page(tmp_path: Path) -> None:
    write_feedback([result(ANNA, FAILED, counts=False), result(None)], tmp_path)
    assert pages(tmp_path) == {}


def test_a_page_names_the_students_own_file_without_its_folders(tmp_path: Path) -> None:
    write_feedback([result(ANNA, FAILED, path="ben_and_anna/mine.py")], tmp_path)
    (page,) = pages(tmp_path).values()
    assert "ben" not in page.lower()
    assert "<h1>mine.py</h1>" in page


def test_a_file_for_two_exercises_comes_back_with_both_pages(tmp_path: Path) -> None:
    one = canvas(ANNA)
    written = write_feedback([one, msgspec.structs.replace(one, exercise="other")], tmp_path)
    with zipfile.ZipFile(tmp_path / "canvas.zip") as packed:
        names = packed.namelist()
    assert names == ["annameier_4711_900_hw.html", "annameier_4711_900_hw-2.html"]
    assert len(written.paths) == 3


def test_a_groups_file_comes_back_once(tmp_path: Path) -> None:
    group = moodle(student("Team 1", number="5", key="a"))
    handed = msgspec.structs.replace(group.handed, student=student("B", number="5", key="b"))
    write_feedback([group, msgspec.structs.replace(group, handed=handed)], tmp_path)
    assert len(zipped(tmp_path, "moodle.zip")) == len(pages(tmp_path)) == 1


HOSTILE = [
    "../../outside.py",
    "/etc/passwd",
    "a\\..\\b.py",
    "CON",
    "nul.py",
    "x" * 300,
    "\u6f22" * 300,
    "a\0b\n\x1b[31m",
    "...",
    "~",
    "",
    "<script>",
    "\udcff\u202e",
    "Anna",
    "ANNA",
    "anna",
]


@pytest.mark.parametrize("place", ["plain", "moodle", "canvas"])
def test_hostile_names_stay_in_the_folder(place: str, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "feedback"
    results = [hostile(place, name, number) for number, name in enumerate(HOSTILE, 1)]
    done = write_feedback(results, folder)
    assert done.notes == ()
    written = pages(folder)
    assert len({name.casefold() for name in written}) == len(HOSTILE)
    assert {path.parent for path in (tmp_path / "in").iterdir()} == {tmp_path / "in"}
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    for name in written:
        for part in name.split("/"):
            assert len(part.encode()) <= 255
            assert part[0] not in ".~" and part.partition(".")[0].lower() not in {"con", "nul"}
            assert not set(part) & set('\\:*?"<>|\0\n\x1b')


def hostile(place: str, name: str, number: int) -> Result:
    who = student(name, number=str(number), key=f"{name}{number}")
    match place:
        case "moodle":
            return moodle(who, NASTY, file="hw.py")
        case "canvas":
            return result(who, NASTY, path=f"{name}_{number}_5_hw.py")
        case _:
            return result(who, NASTY, path=f"{name}.py")


def test_what_somebody_else_put_there_stays(tmp_path: Path) -> None:
    write_feedback([moodle(ANNA), moodle(BEN)], tmp_path)
    first, second = (tmp_path / name for name in pages(tmp_path))
    first.write_text(first.read_text().replace("passed", "passed, well done"))
    (tmp_path / "moodle.zip").write_bytes(b"somebody's own")
    done = write_feedback([moodle(ANNA, FAILED), moodle(BEN, FAILED)], tmp_path)
    assert "well done" in first.read_text()
    assert "own copy of the weights" in second.read_text()
    assert (tmp_path / "moodle.zip").read_bytes() == b"somebody's own"
    assert len(done.notes) == 2
    assert list(done.paths) == [second]


def test_a_link_leads_nowhere(tmp_path: Path) -> None:
    folder, outside = tmp_path / "feedback", tmp_path / "outside"
    outside.mkdir()
    folder.mkdir()
    (folder / "Anna-Meier_4711_assignsubmission_file").symlink_to(outside)
    (folder / "moodle.zip").symlink_to(outside / "new.zip")
    done = write_feedback([moodle(ANNA), moodle(BEN)], folder)
    assert list(outside.iterdir()) == []
    assert len(done.notes) == 2
    assert len(done.paths) == 1


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    results = [moodle(ANNA, FAILED), moodle(BEN)]
    write_feedback(results, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert write_feedback(results, tmp_path).notes == ()
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_page_is_self_contained_html(tmp_path: Path) -> None:
    write_feedback([result(ANNA, NASTY)], tmp_path)
    (page,) = pages(tmp_path).values()
    html5lib.HTMLParser(strict=True).parse(page)
    assert "<script" not in page and "default-src 'none'" in page


def test_unfinished_zips_are_dropped(tmp_path: Path) -> None:
    def fails() -> None:
        raise ValueError

    broken = msgspec.structs.replace(moodle(BEN), report=fails)
    with pytest.raises(ValueError):
        write_feedback([moodle(ANNA), broken], tmp_path)
    assert [path.suffix for path in tmp_path.iterdir()] == [""]


def test_names_are_told_apart() -> None:
    names = Unique()
    found = [names.path(each, ".html") for each in ("Anna", "anna", "ANNA", "anna-2")]
    assert found == ["Anna.html", "anna-2.html", "ANNA-3.html", "anna-2-2.html"]
    assert safe_name("Öz, Ben (2)") == "Öz,_Ben_(2)"
