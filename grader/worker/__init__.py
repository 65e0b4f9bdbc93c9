"""The worker's side: runs a learner's file and observes it. Only this folder imports jax and flax."""
