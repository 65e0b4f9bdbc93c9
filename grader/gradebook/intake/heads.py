"""The heads of a roster's columns, in the spellings of the platforms' own exports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum, unique
from typing import Final


@unique
class Column(StrEnum):
    """What a column tells of a student. `IDENTIFIER` may be a name, an id or an email address."""

    NAME = "name"
    FIRST = "first name"
    LAST = "last name"
    ID = "id"
    NUMBER = "number"
    LOGIN = "login"
    EMAIL = "email"
    SECTION = "section"
    ROLE = "role"
    IDENTIFIER = "identifier"


_SPELLINGS: Final = {
    Column.NAME: "name; full name; student; student name; display name; sortable name; learner; "
    "participant; vollständiger name; nom complet; nombre completo",
    Column.FIRST: "first name; first; firstname; given name; given names; forename; vorname; "
    "prénom; nombre; nome",
    Column.LAST: "last name; last; lastname; surname; family name; nachname; nom; "
    "nom de famille; apellido; apellidos; apellido s; cognome",
    Column.ID: "sis user id; sis id; sid; id number; student id; studentid; student number; "
    "student no; matriculation number; matrikelnummer; university id; org defined id; "
    "orgdefinedid; id nummer; numéro d identification; número de id; user id; id",
    Column.NUMBER: "canvas id; canvas user id; participant number; participant id",
    Column.LOGIN: "sis login id; login id; login; username; user name; github username; "
    "github login; github; netid; net id; uni id; anmeldename; nom d utilisateur; "
    "nombre de usuario",
    Column.EMAIL: "email; e mail; email address; e mail address; mail; student email; "
    "e mail adresse; adresse de courriel; dirección de correo; correo electrónico",
    Column.SECTION: "section; sections; group; groups; group name; class; gruppe; groupe; grupo",
    Column.ROLE: "role; roles; rolle; rollen; rôle; rôles; rol; ruolo",
    Column.IDENTIFIER: "identifier; roster identifier",
}
_COLUMNS: Final = {
    spelling: column for column, text in _SPELLINGS.items() for spelling in text.split("; ")
}
NAMING: Final = frozenset(Column) - {Column.SECTION, Column.ROLE}


def columns(heads: Sequence[str]) -> tuple[Column | None, ...]:
    """Return what each column tells, None for one that tells nothing or repeats another.

    Canvas' `ID` is its own number of a student, if the school's id has a separate column.
    """
    named = [re.sub(r"[\W_]+", " ", each.casefold()).strip() for each in heads]
    canvas = {"id", "sis user id"} <= set(named) or {"id", "sis login id"} <= set(named)
    found: list[Column | None] = []
    for name in named:
        column = Column.NUMBER if canvas and name == "id" else _COLUMNS.get(name)
        found.append(None if column in found else column)
    return tuple(found)
