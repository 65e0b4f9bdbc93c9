"""Damaged submissions and damaged frames: whatever comes, there is an ordinary report of it."""
