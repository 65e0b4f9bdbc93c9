"""Writes the pages as Markdown, and has Zensical turn them into HTML in `build/website/site`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from website.check import faults
from website.pages import NAVIGATION, ROOT, Page, pages

HERE = Path(__file__).parent
ASSETS = (HERE / "site.css", HERE / "iframe-worker.js", ROOT / "grader/render/schema.json")
BUILD = ROOT / "build" / "website"
SITE = BUILD / "site"


def main() -> int:
    """Build the site from nothing; 1 if a link leads nowhere or the generator has a warning."""
    shutil.rmtree(BUILD, ignore_errors=True)
    every = pages()
    for page in every:
        page.write(BUILD / "docs")
    for asset in ASSETS:
        shutil.copyfile(asset, BUILD / "docs" / asset.name)
    _write_config(every)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    built = subprocess.run(command, cwd=BUILD, check=False)  # noqa: S603 - our own generator
    if built.returncode:
        return 1
    found = faults(SITE)
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{len(every)} pages in {SITE.relative_to(ROOT)}: open index.html in a browser")
    return 1 if found else 0


def _write_config(every: tuple[Page, ...]) -> None:
    """Write the generator's configuration with every page in its place in the navigation."""
    sections = []
    for title in NAVIGATION:
        of = [page for page in every if page.section == title]
        listed = ", ".join(f"{{ {_quoted(page.title)} = {_quoted(page.path)} }}" for page in of)
        sections.append(f"  {{ {_quoted(title)} = [{listed}] }},")
    text = (HERE / "zensical.toml").read_text(encoding="utf-8")
    nav = "\n".join(["nav = [", *sections, "]"])
    (BUILD / "zensical.toml").write_text(text.replace("nav = []", nav), encoding="utf-8")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


if __name__ == "__main__":
    sys.exit(main())
