"""Every rule there is, from the root of a mistake to what merely follows from one."""

from grader.rules import (
    changed_layer,
    crashed,
    derived_key,
    ignored_features,
    ignored_seed,
    import_failed,
    missing_function,
    mutated_input,
    no_nn_vmap,
    nondeterministic,
    not_an_array,
    not_flattened,
    out_of_memory,
    params_not_lifted,
    params_rng_not_lifted,
    per_example_params,
    raised,
    split_params_rng,
    stateful,
    syntax_error,
    timed_out,
    wrong_dtype,
    wrong_in_axes,
    wrong_module,
    wrong_order,
    wrong_out_axes,
    wrong_shape,
    wrong_signature,
    wrong_values,
)
from grader.rules.rule import Rule

__all__ = ["RULES", "Rule", "rule_by_id"]

RULES: tuple[Rule, ...] = (
    syntax_error.RULE,
    import_failed.RULE,
    missing_function.RULE,
    wrong_signature.RULE,
    timed_out.RULE,
    out_of_memory.RULE,
    crashed.RULE,
    nondeterministic.RULE,
    stateful.RULE,
    mutated_input.RULE,
    raised.RULE,
    no_nn_vmap.RULE,
    wrong_module.RULE,
    wrong_in_axes.RULE,
    wrong_out_axes.RULE,
    params_not_lifted.RULE,
    per_example_params.RULE,
    params_rng_not_lifted.RULE,
    split_params_rng.RULE,
    changed_layer.RULE,
    ignored_features.RULE,
    ignored_seed.RULE,
    derived_key.RULE,
    not_an_array.RULE,
    not_flattened.RULE,
    wrong_shape.RULE,
    wrong_dtype.RULE,
    wrong_order.RULE,
    wrong_values.RULE,
)
"""In the order in which findings are reported: what comes first explains most."""


def rule_by_id(name: str) -> Rule:
    """Return the rule called `name`; `KeyError` if there is none."""
    for rule in RULES:
        if rule.id == name:
            return rule
    raise KeyError(name)
