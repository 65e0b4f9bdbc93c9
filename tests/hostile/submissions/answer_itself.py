"""Answers with a list that is in itself, and a dict that is its own value."""
# outcome: failed; rule: not-an-array; run: rarely


def nn_vmap_forward(seed, x_batch, features):
    answer, table = [], {}
    answer += [answer, table, x_batch] * 100
    table["table"] = table
    return answer
