"""What a page calls the students, and the file that each one's report is in."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from grader.gradebook.classroom import Student
from grader.gradebook.outcome.filenames import Unique, digest, safe_name

_FOLDER = "students"


class People:
    """Names and links for a class.

    With a `secret` they are pseudonyms: the same in every run with this secret, and nobody who
    only knows the class can tell whose they are.
    """

    def __init__(self, students: Iterable[Student], secret: bytes | None) -> None:
        self._labels: dict[str, str] = {}
        self._links: dict[str, str] = {}
        self.anonymous = secret is not None
        labels, files = Unique(), Unique()
        for each in sorted(students, key=lambda student: student.key):
            if each.key in self._labels:
                continue
            if secret is None:
                label = each.name or each.key
                stem = f"{safe_name(label, 60)}-{digest(each.key)}"
            else:
                label = labels.path(f"Student {pseudonym(each, secret)}", "")
                stem = label.replace(" ", "-")
            self._labels[each.key] = label
            self._links[each.key] = files.path(f"{_FOLDER}/{stem}", ".html")

    def label(self, student: Student) -> str:
        """Return what to call a student."""
        return self._labels[student.key]

    def link(self, student: Student) -> str:
        """Return the page of a student's reports, relative to the class page."""
        return self._links[student.key]


def pseudonym(student: Student, secret: bytes) -> str:
    """Return a short name that only who knows the secret can connect with a student."""
    key = student.key.encode("utf-8", "backslashreplace")
    return hmac.new(secret, key, hashlib.sha256).hexdigest()[:6].upper()
