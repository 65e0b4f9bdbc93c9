"""What is said of recordings with one thing changed is what was said before."""

from __future__ import annotations

import pytest

from tests.labelled import labelled
from tests.recordings.variations import golden_of, text_of


@pytest.mark.parametrize("slug", sorted({each.folder.exercise.slug for each in labelled()}))
def test_variations_get_what_is_stored(slug: str) -> None:
    """If it is meant to change: `make record` stores it anew; read the diff."""
    assert golden_of(slug).read_text(encoding="utf-8") == text_of(slug)
