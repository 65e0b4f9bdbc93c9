"""The tables of a gradebook. Outside programs read the view `results`."""

from __future__ import annotations

from typing import Final

from grader.database import Schema

SCHEMA: Final = Schema(
    noun="the gradebook",
    application=0x67726462,
    ahead=True,
    patience=120.0,
    migrations=(
        (
            """CREATE TABLE gradings (
                id INTEGER PRIMARY KEY,
                sha256 TEXT NOT NULL,
                exercise TEXT NOT NULL,
                setup TEXT NOT NULL,
                verdict TEXT NOT NULL,
                score REAL NOT NULL,
                rules TEXT NOT NULL,
                graded_at TEXT NOT NULL,
                seconds REAL NOT NULL,
                report BLOB NOT NULL,
                UNIQUE (sha256, exercise, setup)
            )""",
            """CREATE TABLE submissions (
                id INTEGER PRIMARY KEY,
                root TEXT NOT NULL,
                path TEXT NOT NULL,
                sha256 TEXT NOT NULL,
                exercise TEXT NOT NULL,
                student TEXT NOT NULL,
                owner TEXT NOT NULL,
                handed BLOB NOT NULL,
                turn INTEGER NOT NULL,
                handed_in REAL,
                present INTEGER NOT NULL,
                counts INTEGER NOT NULL DEFAULT 0,
                grading INTEGER REFERENCES gradings (id),
                UNIQUE (root, path, sha256, exercise, student)
            )""",
            "CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
            "CREATE INDEX submissions_of ON submissions (sha256, exercise)",
            """CREATE VIEW results AS
                SELECT student, path, submissions.sha256 AS sha256,
                    submissions.exercise AS exercise, verdict, score, rules, graded_at
                FROM submissions JOIN gradings ON gradings.id = grading
                WHERE counts""",
        ),
    ),
    shape=(
        "SELECT seconds, report FROM gradings LIMIT 0",
        "SELECT name, value FROM secrets LIMIT 0",
        "SELECT root, handed, present FROM submissions LIMIT 0",
        "SELECT student, path, rules, graded_at FROM results LIMIT 0",
    ),
)

ABSENT: Final = "UPDATE submissions SET present = 0 WHERE root = ?"

HANDED_IN: Final = """
    INSERT INTO submissions
        (root, path, sha256, exercise, student, owner, handed, turn, handed_in, present)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
    ON CONFLICT (root, path, sha256, exercise, student) DO UPDATE SET
        handed = excluded.handed, turn = excluded.turn, handed_in = excluded.handed_in,
        present = 1"""

REOWNED: Final = """
    DELETE FROM submissions WHERE root = ?1 AND NOT present AND EXISTS (
        SELECT 1 FROM submissions AS now
        WHERE now.root = ?1 AND now.present AND now.path = submissions.path
            AND now.sha256 = submissions.sha256 AND now.exercise = submissions.exercise
    )"""
"""Who a file was said to be from, before a roster or a pattern said it better."""

COUNTED: Final = (
    "UPDATE submissions SET counts = 0 WHERE counts",
    """UPDATE submissions SET counts = 1 WHERE id IN (
        SELECT id FROM (
            SELECT id, ROW_NUMBER() OVER (
                PARTITION BY exercise, owner ORDER BY handed_in DESC, id DESC
            ) AS place
            FROM (
                SELECT id, exercise, owner, handed_in, ROW_NUMBER() OVER (
                    PARTITION BY root, exercise, owner ORDER BY turn DESC, id DESC
                ) AS place
                FROM submissions WHERE present
            ) WHERE place = 1
        ) WHERE place = 1
    )""",
)
"""Of each student's files for an exercise the newest counts: the last one of a folder or zip, and
of several of these the one that was handed in last. Files without an owner all count."""

GRADED: Final = """
    INSERT INTO gradings
        (sha256, exercise, setup, verdict, score, rules, graded_at, seconds, report)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (sha256, exercise, setup) DO UPDATE SET
        verdict = excluded.verdict, score = excluded.score, rules = excluded.rules,
        graded_at = excluded.graded_at, seconds = excluded.seconds, report = excluded.report"""

ID: Final = "SELECT id FROM gradings WHERE sha256 = ? AND exercise = ? AND setup = ?"

JOINED: Final = """
    UPDATE submissions SET grading = ?
    WHERE root = ? AND path = ? AND sha256 = ? AND exercise = ? AND student = ?"""

KNOWN: Final = f"{ID} AND verdict <> 'error'"
"""A file that could not be graded is graded again: the grader or the machine was at fault."""

RESULTS: Final = """
    SELECT handed, submissions.sha256, submissions.exercise, verdict, score, rules,
        newest.id IS NOT NULL, graded_at, gradings.id
    FROM submissions JOIN gradings ON gradings.id = grading
    LEFT JOIN (
        SELECT id, ROW_NUMBER() OVER (
            PARTITION BY exercise, owner ORDER BY turn DESC, id DESC
        ) AS place
        FROM submissions WHERE root = ?1 AND present
    ) AS newest ON newest.id = submissions.id AND newest.place = 1
    WHERE root = ?1
    ORDER BY submissions.id"""
"""What counts in one folder or zip, whatever the others have."""

REPORT: Final = "SELECT report FROM gradings WHERE id = ?"

REPORT_OF: Final = """
    SELECT report FROM submissions JOIN gradings ON gradings.id = grading
    WHERE root = ? AND path = ? AND submissions.sha256 = ? AND submissions.exercise = ?
        AND student = ?"""

KEEP_SALT: Final = "INSERT OR IGNORE INTO secrets (name, value) VALUES ('pseudonyms', ?)"

SALT: Final = "SELECT value FROM secrets WHERE name = 'pseudonyms'"
