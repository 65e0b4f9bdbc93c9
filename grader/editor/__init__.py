"""The language server: reports as diagnostics, where learners write. Needs pygls."""
