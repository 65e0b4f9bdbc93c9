"""Never comes to the end of its file."""
# outcome: failed|ungradable; rule: timed-out

while True:
    pass


def nn_vmap_forward(seed, x_batch, features):
    return x_batch
