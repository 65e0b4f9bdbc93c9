"""Has a thread change the array that it answered with."""
# outcome: failed; run: rarely
import threading

import numpy as np


def nn_vmap_forward(seed, x_batch, features):
    answer = np.zeros(x_batch.shape[0] * features, np.float32)

    def change():
        while True:
            answer[:] += 1
            try:
                answer.resize((3, 7), refcheck=False)
                answer.resize((100_000,), refcheck=False)
            except ValueError:
                pass

    threading.Thread(target=change, daemon=True).start()
    return answer
