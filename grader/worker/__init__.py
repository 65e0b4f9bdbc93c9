"""The worker's side: runs a file and observes it. Only this folder imports jax and flax."""
