"""The class page: links lead somewhere, nothing runs, and nobody is named who shouldn't be."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import html5lib
import msgspec
import pytest

from grader.gradebook.classroom import Result, Student
from grader.gradebook.outcome.insight import insight
from grader.gradebook.outcome.page import write_pages
from grader.gradebook.outcome.page.masks import Masks
from grader.gradebook.outcome.page.plots import Bar, Curve, Part, bars, curves
from grader.model.report import Output, Report
from grader.model.source import Source
from tests.gradebook.classes import ANNA, BEN, CLEO, FAILED, PASSED, moodle, result, student
from tests.gradebook.test_insight import TWO_RULES
from tests.render.reports import ERROR, MISTAKEN_TEXT, NASTY, UNGRADABLE

EVIL = student('<script>alert("x")</script>\u202e\0../..', key="evil", number="6")
ABSENT = (student("Dora Fehlt"), student("<b>Emil</b>"))
SECRET = b"secret"


def signed(report: Report) -> Report:
    """A report on a file in which the student says who wrote it, and with whom."""
    header = "# anna.meier@example.org, Anna_Meier (4711), with BEN ÖZ\nANNA = 1\n"
    text = header + MISTAKEN_TEXT
    return msgspec.structs.replace(
        report,
        source=Source(report.path, text),
        output=Output(stdout="hello, I am Anna Meier\n"),
        summary="Meier's file",
    )


def a_class() -> list[Result]:
    return [
        result(ANNA, FAILED, path="anna_meier/hw.py", counts=False),
        result(ANNA, signed(FAILED), path="anna_meier/hw2.py", attempt=2, late=True),
        moodle(BEN, TWO_RULES),
        result(CLEO, TWO_RULES, path="cleo_doe.py"),
        result(CLEO, exercise="another-exercise", path="cleo_doe_2.py"),
        result(EVIL, NASTY, path='<img src="x">.py'),
        result(student("Finn F"), UNGRADABLE),
        result(student("Gül G"), ERROR),
        result(student("Hana H")),
        result(None, path="anna_or_ben.py"),
    ]


def site(folder: Path, results: list[Result], secret: bytes | None = None) -> dict[str, str]:
    done = write_pages(insight(results, ABSENT), results, folder, secret)
    assert done.notes == ()
    pages = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.html")}
    assert {folder / name for name in pages} == set(done.paths)
    return {name: path.read_text(encoding="utf-8") for name, path in sorted(pages.items())}


def parsed(page: str) -> ET.Element:
    found: ET.Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    return found


def links(tree: ET.Element) -> Iterator[str]:
    for node in tree.iter():
        for name, value in node.attrib.items():
            if name.rpartition("}")[2] == "href":
                yield value


@pytest.mark.parametrize("secret", [None, SECRET])
def test_every_link_leads_to_something(secret: bytes | None, tmp_path: Path) -> None:
    pages = site(tmp_path, a_class(), secret)
    ids = {
        name: {node.get("id") for node in parsed(page).iter() if node.get("id")}
        for name, page in pages.items()
    }
    followed = 0
    for name, page in pages.items():
        for link in links(parsed(page)):
            target, _, anchor = link.partition("#")
            there = (tmp_path / name).parent / unquote(target) if target else tmp_path / name
            relative = there.resolve().relative_to(tmp_path.resolve()).as_posix()
            assert relative in pages, link
            assert not anchor or anchor in ids[relative], link
            followed += 1
    assert followed > 50


@pytest.mark.parametrize("secret", [None, SECRET])
def test_nothing_on_the_pages_runs_or_loads(secret: bytes | None, tmp_path: Path) -> None:
    for page in site(tmp_path, a_class(), secret).values():
        tree = parsed(page)
        tags = {str(node.tag).rpartition("}")[2] for node in tree.iter()}
        assert not tags & {"script", "img", "link", "iframe", "object", "form", "b"}
        assert not [node for node in tree.iter() if "style" in node.attrib]
        assert not [name for node in tree.iter() for name in node.attrib if name.startswith("on")]
        assert not re.search(r"""(?:src|href)=["'](?:https?:|//|javascript:|data:)""", page)
        (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"default-src 'none'; style-src 'sha256-{digest}'" in page


def names_of(who: Student) -> list[str]:
    return [who.name, who.email, who.key, who.name.split()[-1]]


def test_without_names_there_are_none(tmp_path: Path) -> None:
    pages = site(tmp_path, a_class(), SECRET)
    people = [ANNA, BEN, CLEO, *ABSENT[:1]]
    secrets = [text.lower() for who in people for text in names_of(who)]
    secrets += ["4711", "4712", "s-1", "anna", "hw2", "cleo_doe", "anna_or_ben", "<img", "&lt;img"]
    for name, page in pages.items():
        shown = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL).lower()
        for secret in secrets:
            assert not re.search(rf"(?<![a-z]){re.escape(secret)}(?![a-z])", shown), (name, secret)
            assert secret not in name.lower()


def test_pseudonyms_stay_and_say_nothing(tmp_path: Path) -> None:
    results = a_class()
    first = set(site(tmp_path / "1", results, SECRET))
    assert set(site(tmp_path / "2", results[::-1], SECRET)) == first
    assert set(site(tmp_path / "3", results, b"another")) & first == {"index.html"}


def test_lists_without_names_are_not_in_the_order_of_the_names(tmp_path: Path) -> None:
    results = [result(student(f"{letter} Student")) for letter in "ABCDEFGH"]
    index = site(tmp_path, results, SECRET)["index.html"]
    shown = re.findall(r'html">Student ([0-9A-F]{6})</a></td>', index)
    assert len(shown) == 8 and shown == sorted(shown)


def test_the_page_says_what_happened(tmp_path: Path) -> None:
    index = " ".join(parsed(site(tmp_path, a_class())["index.html"]).itertext())
    text = " ".join(index.split())
    for words in (
        "A class of 9 students",
        "1 of 6 students passed",
        "Mistakes that go together",
        "prove copying",
        "Scores from try to try",
        "Files of nobody: 1 file",
        "Not graded: 1 file",
        "No file: 2 students",
        "No file for this exercise: 6 students",
        "anna_or_ben.py",
    ):
        assert words in text, words


def test_deleted_files_have_no_page(tmp_path: Path) -> None:
    results = [result(BEN, counts=False), result(ANNA)]
    done = write_pages(insight(results), results, tmp_path)
    assert len(done.paths) == 2


def test_an_empty_class_has_a_page(tmp_path: Path) -> None:
    pages = site(tmp_path, [])
    assert list(pages) == ["index.html"]
    assert "Nobody handed in anything" in pages["index.html"]


def test_pages_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")
    results = [result(ANNA)]
    done = write_pages(insight(results), results, tmp_path)
    assert (tmp_path / "index.html").read_text() == "mine"
    assert len(done.notes) == 1 and len(done.paths) == 1


ASA = msgspec.structs.replace(student("Åsa Müller"), login="amuell7", email="asam@x.org")


def masked(text: str, who: Student = ANNA) -> str:
    mask = Masks([ANNA, BEN, CLEO, student("Max Dense"), student("Xu Model"), ASA])
    report = msgspec.structs.replace(PASSED, source=Source("x", text))
    return mask.masked(result(who), report, "x.py").source.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# Anna Meier", "# **** *****"),
        ("# by MEIER, Anna", "# by *****, ****"),
        ("anna_model = 1", "****_model = 1"),
        ("# with Ben Öz", "# with *** **"),
        ("# with Öz, Ben!", "# with **, ***!"),
        ("# ben.öz@example.org", "# ***.**@*******.***"),
        ("ben = dense(cleo)", "*** = dense(****)"),
        ("cleosModel, max(model)", "cleosModel, max(model)"),
        ("annabel, meiers", "annabel, meiers"),
        ("x = 4711 + 47110", "x = **** + 47110"),
        ("def AnnaMeier(): pass", "def *********(): pass"),
        ("class AnnaNet2(annaModel): pass", "class ****Net2(****Model): pass"),
        ("annameier", "*********"),
        ("import meieranna, annameiers_net", "import *********, **********_net"),
        ("# Ben Oz, ben_oez, benoez", "# *** **, ***_***, ******"),
        ("# Asa Muller, aasa, mueller", "# *** ******, ****, *******"),
        ("# A\u030asa, MU\u0308LLER", "# ****, *******"),
        ("mulleraasa, asaMueller", "**********, **********"),
        ("# amuell7, asam", "# *******, ****"),
    ],
)
def test_a_mask_keeps_columns(text: str, shown: str) -> None:
    assert masked(text).replace("\u00d7", "*") == shown
    assert len(masked(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("asamuellers_net", "***********_net"), ("asamu", "asamu"), ("net7", "net7")],
)
def test_the_own_name_is_masked_in_longer_words(text: str, shown: str) -> None:
    assert masked(text, ASA).replace("\u00d7", "*") == shown


def test_a_mask_leaves_python_alone() -> None:
    who = student("In Park")
    text = "for x in park:  # by In Park"
    assert masked(text, who).replace("\u00d7", "*") == "for x in ****:  # by In ****"


def numbers(figure: str, of: str) -> list[str]:
    return re.findall(rf'class="{of}"[^>]*>([^<]*)<', figure)


def test_bars_have_links_and_numbers_in_their_order() -> None:
    rows = [
        Bar("<first>", (Part(3, "#a"), Part(0, "#b"))),
        Bar("second", (Part(1, ""), Part(2, "#c"))),
    ]
    figure = bars("<title>", rows, ["one", "two"])
    assert figure.count("<svg") == 2
    assert "&lt;first&gt;" in figure and "<first>" not in figure
    assert {"#a", "#c"} <= set(re.findall(r'xlink:href="([^"]*)"', figure))
    assert set(filter(None, numbers(figure, "value"))) == {"3", "1", "2"}


def test_curves_end_where_somebody_stopped() -> None:
    figure = curves(
        "scores", [Curve("mean", (0.5, 0.75, 1.0)), Curve("", (0.5, None, None))], "try"
    )
    assert figure.count("<circle") == 2 * 4


def test_pygal_is_loaded_only_for_a_plot() -> None:
    code = "import sys, grader.gradebook.outcome.page; sys.exit('pygal' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
