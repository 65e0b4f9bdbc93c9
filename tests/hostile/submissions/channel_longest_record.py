"""Is right, and tells of as much as a record may hold, each entry unlike the others."""
# outcome: passed|failed; seconds: 60
import flax.linen as nn
import jax
import msgspec

from grader.worker.subject import Subject

MOST = 400
call = Subject.call
changed = msgspec.structs.replace


def many(entries, change):
    return tuple(change(entries[n % len(entries)], n) for n in range(MOST)) if entries else ()


def inflated(self, case):
    seen = call(self, case)
    record = changed(
        seen.record,
        lifted=many(seen.record.lifted, lambda each, n: changed(each, id=n)),
        roots=many(seen.record.roots, lambda each, n: changed(each, number=n)),
        modules=many(
            seen.record.modules,
            lambda each, n: changed(each, root=n, lifted=n, inside=n - 1, path=(f"p{n}",) * 20),
        ),
        keys=many(seen.record.keys, lambda each, n: changed(each, id=n, taken=n - 1)),
    )
    return changed(seen, record=record)


Subject.call = inflated


def nn_vmap_forward(seed, x_batch, features):
    Lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = Lifted(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
