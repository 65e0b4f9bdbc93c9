"""Zips that want to harm: nothing is unpacked, and nothing keeps others from being graded."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gradebook_classes import TEXT, fault, handed, owners, programs, zipped

from grader.errors import CommandWrong
from grader.gradebook.intake.collect import collect

GOOD = {"anna/hw.py": TEXT, "bob/hw.py": TEXT}


def bytes_of(write: Callable[[zipfile.ZipFile], None]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        write(archive)
    return file.getvalue()


def with_good(path: Path, write: Callable[[zipfile.ZipFile], None]) -> Path:
    def all_of(archive: zipfile.ZipFile) -> None:
        write(archive)
        for name, text in GOOD.items():
            archive.writestr(name, text)

    path.write_bytes(bytes_of(all_of))
    return path


@pytest.mark.parametrize(
    "name",
    [
        "../evil.py",
        "anna/../../evil.py",
        "/etc/evil.py",
        "C:/evil.py",
        "c:evil.py",
        "..\\..\\evil.py",
        "\\\\server\\share\\evil.py",
        "anna/..",
        "./..//evil.py",
    ],
)
def test_a_path_that_leads_out_is_refused_and_reported(tmp_path: Path, name: str) -> None:
    path = with_good(tmp_path / "class.zip", lambda each: each.writestr(name, TEXT))
    before = sorted(tmp_path.parent.rglob("*"))
    found = collect(path)
    assert owners(found) == {"anna/hw.py": "anna", "bob/hw.py": "bob"}
    assert any("leads out of the zip" in each for each in found.problems)
    assert [found.read(each).source.text for each in found.files] == [TEXT, TEXT]
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    def link(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo("eve/hw.py")
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "../anna/hw.py")

    found = collect(with_good(tmp_path / "class.zip", link))
    assert "link" in fault(found, "eve/hw.py")
    assert "eve/hw.py is a link, not a file" in found.problems


def changed(data: bytes, name: bytes, at: int, form: str, value: int) -> bytes:
    """Change a number in a member's record of the directory."""
    made = bytearray(data)
    record = data.rfind(b"PK\x01\x02", 0, data.rfind(name))
    struct.pack_into(form, made, record + at, value)
    return bytes(made)


def test_an_encrypted_file_is_reported(tmp_path: Path) -> None:
    path = with_good(tmp_path / "class.zip", lambda each: each.writestr("eve/hw.py", TEXT))
    path.write_bytes(changed(path.read_bytes(), b"eve/hw.py", 8, "<H", 1))
    found = collect(path)
    assert "encrypted" in fault(found, "eve/hw.py")
    assert fault(found, "anna/hw.py") == ""
    assert any("eve/hw.py is encrypted" in each for each in found.problems)


@pytest.mark.parametrize("name", ["hw.py", "hw.ipynb", "hw.pdf", "hw.zip"])
def test_a_file_of_ten_gigabytes_is_refused_without_inflating_it(tmp_path: Path, name: str) -> None:
    """The sizes stand in the ZIP64 field, as a packer writes them."""
    big = zipfile.ZipInfo(f"eve/{name}")
    big.file_size = 10 << 30

    def write(archive: zipfile.ZipFile) -> None:
        archive.writestr(big.filename, b"\0" * 1_000_000)
        archive.infolist()[-1].file_size = 10 << 30

    path = with_good(tmp_path / "class.zip", write)
    tracemalloc.start()
    found = collect(path)
    assert fault(found, f"eve/{name}")
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()
    assert fault(found, "anna/hw.py") == ""


@pytest.mark.parametrize("size", [10, 60_000])
def test_a_header_that_lies_about_the_size_is_found_out(tmp_path: Path, size: int) -> None:
    path = with_good(tmp_path / "class.zip", lambda each: each.writestr("eve/hw.py", "x" * 40_000))
    path.write_bytes(changed(path.read_bytes(), b"eve/hw.py", 24, "<L", size))
    assert "damaged" in fault(collect(path), "eve/hw.py")


def test_a_bomb_is_not_inflated(tmp_path: Path) -> None:
    path = with_good(
        tmp_path / "class.zip", lambda each: each.writestr("eve/hw.ipynb", b" " * 40_000_000)
    )
    tracemalloc.start()
    found = collect(path)
    assert "times as large" in fault(found, "eve/hw.ipynb")
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()


def test_an_unsupported_compression_is_reported(tmp_path: Path) -> None:
    path = with_good(
        tmp_path / "class.zip",
        lambda each: each.writestr("eve/hw.py", TEXT, compress_type=zipfile.ZIP_LZMA),
    )
    assert "compression that" in fault(collect(path), "eve/hw.py")


def test_a_students_zip_is_opened_once(tmp_path: Path) -> None:
    inner = bytes_of(lambda each: each.writestr("hw/hw.py", TEXT))
    deep = bytes_of(lambda each: each.writestr("hw.zip", inner))
    path = zipped(tmp_path / "class.zip", {**GOOD, "eve/hw.zip": inner, "carl/hw.zip": deep})
    found = collect(path)
    assert owners(found)["eve/hw.zip/hw/hw.py"] == "eve"
    assert found.read(handed(found, "eve/hw.zip/hw/hw.py")).source.text == TEXT
    assert owners(found)["carl/hw.zip"] == "carl", "a zip in a zip in a zip stays shut"
    assert "another zip in it" in fault(found, "carl/hw.zip")


def test_a_students_zip_in_a_folder_and_beside_a_program(tmp_path: Path) -> None:
    inner = bytes_of(lambda each: each.writestr("two.py", TEXT))
    folder = tmp_path / "class"
    for name in ("anna", "bob"):
        (folder / name).mkdir(parents=True)
        (folder / name / "one.py").write_text(TEXT)
    (folder / "bob" / "more.zip").write_bytes(inner)
    (folder / "anna" / "broken.zip").write_bytes(inner[:40])
    found = collect(folder)
    assert owners(found) == {
        "anna/one.py": "anna",
        "bob/more.zip/two.py": "bob",
        "bob/one.py": "bob",
    }
    assert found.left_out == ("anna/broken.zip",)


def test_a_students_hostile_zip_harms_the_student_alone(tmp_path: Path) -> None:
    def hostile(archive: zipfile.ZipFile) -> None:
        archive.writestr("../anna/hw.py", "stolen")
        archive.writestr("bomb.ipynb", b" " * 20_000_000)

    found = collect(zipped(tmp_path / "class.zip", {**GOOD, "eve/hw.zip": bytes_of(hostile)}))
    assert found.read(handed(found, "anna/hw.py")).source.text == TEXT
    assert "times as large" in fault(found, "eve/hw.zip/bomb.ipynb")
    assert any("eve/hw.zip/../anna/hw.py" in each for each in found.problems)


def test_a_zip_with_very_many_files_is_the_students_affair(tmp_path: Path) -> None:
    def many(archive: zipfile.ZipFile) -> None:
        for number in range(20_001):
            archive.writestr(f"{number}.py", "")

    found = collect(zipped(tmp_path / "class.zip", {**GOOD, "eve/hw.zip": bytes_of(many)}))
    assert "more than 20,000 files" in fault(found, "eve/hw.zip")


def test_the_same_name_twice(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = with_good(tmp_path / "class.zip", lambda each: each.writestr("bob/hw.py", "first"))
    found = collect(path)
    assert found.read(handed(found, "bob/hw.py")).source.text == TEXT
    assert "bob/hw.py is in the zip twice: the last one is used" in found.problems


def test_names_that_differ_in_case_are_both_taken(tmp_path: Path) -> None:
    found = collect(zipped(tmp_path / "class.zip", {**GOOD, "Anna/HW.py": TEXT}))
    assert len(found.files) == 3
    assert "Anna/HW.py and anna/hw.py differ only in case: both are used" in found.problems


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("jürgen/hw.py".encode(), "jürgen/hw.py"),
        ("jürgen/hw.py".encode("cp437"), "jürgen/hw.py"),
        ("李明/作业.py".encode(), "李明/作业.py"),
        (b"eve\\src\\hw.py", "eve/src/hw.py"),
        (b"eve//./hw.py", "eve/hw.py"),
        (b"eve/hw\n\x1b[31m.py", "eve/hw\n\x1b[31m.py"),
        (b"eve/hw\0.py", "eve/hw\ufffd.py"),
    ],
)
def test_names_in_any_encoding(tmp_path: Path, raw: bytes, path: str) -> None:
    name = "x" * len(raw)
    made = with_good(tmp_path / "class.zip", lambda each: each.writestr(name, TEXT))
    made.write_bytes(made.read_bytes().replace(name.encode(), raw))
    found = collect(made)
    assert path in owners(found)
    assert fault(found, path) == ""
    assert all(each.isprintable() for each in found.problems)


def test_a_misleading_name_stops_nobody(tmp_path: Path) -> None:
    made = with_good(tmp_path / "class.zip", lambda each: each.writestr("évé/hw.py", TEXT))
    made.write_bytes(made.read_bytes().replace("évé".encode(), b"\xe9v\xe9\xff\xfe"))
    assert owners(collect(made)).keys() >= GOOD.keys()


@pytest.mark.parametrize("keep", [0, 1, 21, 100, 250])
def test_a_damaged_zip_is_a_wrong_command(tmp_path: Path, keep: int) -> None:
    path = zipped(tmp_path / "class.zip", GOOD)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CommandWrong, match="not a zip archive, or only the beginning of one"):
        collect(path)


def test_no_damage_of_a_byte_raises_anything_else(tmp_path: Path) -> None:
    path = zipped(tmp_path / "class.zip", GOOD)
    whole = path.read_bytes()
    collected = 0
    for at in range(0, len(whole), 3):
        for value in (0, 1, 0x7F, 0xFF):
            path.write_bytes(whole[:at] + bytes([value]) + whole[at + 1 :])
            try:
                found = collect(path)
            except CommandWrong:
                continue
            collected += 1
            for each in found.files:
                found.read(each)
    assert collected > len(whole) // 3


def test_other_archives_are_a_wrong_command(tmp_path: Path) -> None:
    path = tmp_path / "class.tar.gz"
    path.write_bytes(b"\x1f\x8b\x08" + b"\0" * 100)
    with pytest.raises(CommandWrong, match="is not a zip archive"):
        collect(path)


def test_a_zip_behind_another_program_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "class.zip", GOOD)
    path.write_bytes(b"#!/bin/sh\n" * 100 + path.read_bytes())
    found = collect(path)
    assert [found.read(each).source.text for each in found.files] == [TEXT, TEXT]


def test_several_threads_read(tmp_path: Path) -> None:
    inner = [bytes_of(lambda each, n=n: each.writestr("hw.py", f"x = {n}")) for n in range(20)]
    files = {f"s{n}/hw.zip": data for n, data in enumerate(inner)}
    found = collect(zipped(tmp_path / "class.zip", files))
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda each: found.read(each).source.text, found.files * 5))
    expected = [f"x = {each.path.split('/')[0][1:]}" for each in found.files] * 5
    assert texts == expected


def test_what_was_listed_and_is_gone_gets_a_report(tmp_path: Path) -> None:
    path = zipped(tmp_path / "class.zip", programs("anna/hw.py", "bob/hw.py"))
    found = collect(path)
    path.unlink()
    assert "can't be read" in fault(found, "anna/hw.py")


def test_files_that_could_not_be_read_are_not_the_same_file(tmp_path: Path) -> None:
    inner = bytes_of(lambda each: each.writestr("x.pdf", b"%PDF-1"))
    files = {**GOOD, "c/hw.zip": inner, "d/hw.zip": b"nothing"}
    found = collect(zipped(tmp_path / "class.zip", files))
    assert len({found.read(each).sha256 for each in found.files}) == 3


def test_zips_that_are_too_large_together_are_not_all_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.gradebook.intake.listing._MOST_OPENED", 1 << 20)

    def large(archive: zipfile.ZipFile) -> None:
        archive.writestr("hw.py", TEXT)
        archive.comment = b" " * 60_000

    files = {f"s{n:02}/hw.zip": bytes_of(large) for n in range(40)}
    found = collect(zipped(tmp_path / "class.zip", files))
    assert fault(found, "s00/hw.zip/hw.py") == ""
    assert "too large" in fault(found, "s39/hw.zip")


def test_one_large_zip_does_not_block_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.gradebook.intake.listing._MOST_OPENED", 1 << 20)
    inner = bytes_of(lambda each: each.writestr("hw.py", TEXT))
    files = {"eve/hw.zip": b"\0" * (33 << 20), "zoe/hw.zip": inner}
    found = collect(zipped(tmp_path / "class.zip", files))
    assert fault(found, "zoe/hw.zip/hw.py") == ""
    assert "larger than 32 MB" in fault(found, "eve/hw.zip")
