"""Grading one submission, from its text to its report: the only orchestrator."""
