"""The search for a case that shows a mistake: which cases there are, and how they run."""
