"""Forges an answer that is nested a hundred thousand deep."""
# outcome: failed; rule: crashed
import os
import time


def nn_vmap_forward(seed, x_batch, features):
    inner = b"\x83\xa4type\xa8sequence\xa9type_name\xa5tuple\xa5items\x91" * 100_000
    outer = b"\x83\xa4type\xa6called\xa6number\x01\xabobservation\x81\xa7outcome"
    outer += b"\x82\xa4type\xa9completed\xa6result"
    body = outer + inner + b"\xc0"
    for number in range(3, 256):
        try:
            os.write(number, len(body).to_bytes(4, "big") + body)
        except OSError:
            pass
    time.sleep(1000)
