"""Downloads side by side: a folder or a zip for each assignment, and the teacher's own folders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

import msgspec

from grader.gradebook.intake.sighting import Layout, Sighting, Tree

_Recognise = Callable[[Tree], Layout | None]


def of_several(tree: Tree, recognise: _Recognise) -> Layout | None:
    """Recognise folders of one platform that hold most of the files; the others are nobody's."""
    below: dict[str, list[str]] = defaultdict(list)
    for each in tree.paths:
        start, _, rest = each.partition("/")
        if rest:
            below[start].append(rest)
    layouts = {start: found for start in below if (found := recognise(_below(tree, start, below)))}
    titles = {each.title for each in layouts.values()}
    files = [each for each in tree.paths if not each.lower().endswith(".zip")]
    held = sum(len(below[start]) for start in layouts)
    if len(titles) != 1 or held < 2 or held < 2 / 3 * len(files):
        return None
    return _joined(layouts, _unclear(layouts, below))


def _below(tree: Tree, start: str, below: Mapping[str, list[str]]) -> Tree:
    texts = {
        path.removeprefix(f"{start}/"): text
        for path, text in tree.texts.items()
        if path.startswith(f"{start}/")
    }
    name = start[:-4] if start.lower().endswith(".zip") else start
    return Tree(paths=tuple(below[start]), names=(*tree.names, name), texts=texts)


def _joined(layouts: Mapping[str, Layout], unclear: set[str]) -> Layout:
    def sightings(path: str) -> tuple[Sighting, ...]:
        start, _, rest = path.partition("/")
        if start not in layouts:
            return ()
        return tuple(_placed(each, start, unclear) for each in layouts[start].sightings(rest))

    (title,) = {each.title for each in layouts.values()}
    return Layout(
        title=title if len(layouts) == 1 else f"several downloads of {title}",
        sightings=sightings,
        listed=tuple(each for layout in layouts.values() for each in layout.listed),
        problems=tuple(dict.fromkeys(each for one in layouts.values() for each in one.problems)),
    )


def _placed(seen: Sighting, start: str, unclear: set[str]) -> Sighting:
    """Return what is known across downloads. Moodle numbers people afresh in each."""
    numbered = seen.who.number and "_assignsubmission_" in seen.place
    if numbered and seen.who.name and seen.who.name not in unclear:
        seen = msgspec.structs.replace(seen, who=msgspec.structs.replace(seen.who, number=""))
    return msgspec.structs.replace(seen, place=f"{start}/{seen.place}")


def _unclear(layouts: Mapping[str, Layout], below: Mapping[str, list[str]]) -> set[str]:
    """Return the names that several people have in one of the downloads."""
    found: set[str] = set()
    for start, layout in layouts.items():
        numbers: dict[str, set[str]] = defaultdict(set)
        for each in below[start]:
            for seen in layout.sightings(each):
                numbers[seen.who.name].add(seen.who.number)
        found |= {name for name, those in numbers.items() if len(those) > 1}
    return found
