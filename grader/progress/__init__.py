"""A learner's progress: attempts, hints shown, exercises started."""

from grader.progress.progress import Attempt, Progress, Standing, Streak

__all__ = ["Attempt", "Progress", "Standing", "Streak"]
