"""Answers with a tuple in a tuple in a tuple …"""
# outcome: failed; rule: not-an-array; run: rarely


def nn_vmap_forward(seed, x_batch, features):
    answer = ()
    for _ in range(100_000):
        answer = (answer,)
    return answer
