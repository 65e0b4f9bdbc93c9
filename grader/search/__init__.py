"""The search for a case that shows a mistake: which cases exist, and how they run."""
