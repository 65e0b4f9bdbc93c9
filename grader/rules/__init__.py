"""All rules, from causes to symptoms."""

from typing import Final

from grader.rules import (
    author_check,
    carried_params,
    carry_lost,
    changed_layer,
    crashed,
    derived_key,
    discarded_update,
    evaluation_mode,
    forbidden_transform,
    ignored_features,
    ignored_seed,
    import_failed,
    missing_function,
    missing_rng,
    missing_transform,
    mistake,
    mutated_input,
    no_nn_vmap,
    nondeterministic,
    not_an_array,
    not_flattened,
    not_mutable,
    other_gradient,
    other_layers,
    other_library,
    out_of_memory,
    params_not_lifted,
    params_rng_not_lifted,
    per_example_params,
    per_example_state,
    per_step_params,
    raised,
    reused_key,
    rng_not_lifted,
    shared_params,
    split_params_rng,
    state_not_lifted,
    stateful,
    syntax_error,
    timed_out,
    unfit_class,
    unreadable_file,
    unsplit_params_rng,
    unsplit_rng,
    wrong_axis_in,
    wrong_axis_name,
    wrong_axis_out,
    wrong_axis_size,
    wrong_direction,
    wrong_dtype,
    wrong_in_axes,
    wrong_length,
    wrong_module,
    wrong_nesting,
    wrong_order,
    wrong_out_axes,
    wrong_shape,
    wrong_signature,
    wrong_step,
    wrong_values,
    wrong_variable_axes,
)
from grader.rules.rule import Rule

__all__ = ["RULES", "Rule", "rule_by_id"]

RULES: tuple[Rule, ...] = (
    unreadable_file.RULE,
    syntax_error.RULE,
    import_failed.RULE,
    missing_function.RULE,
    wrong_signature.RULE,
    unfit_class.RULE,
    timed_out.RULE,
    out_of_memory.RULE,
    crashed.RULE,
    nondeterministic.RULE,
    stateful.RULE,
    mutated_input.RULE,
    raised.RULE,
    other_library.RULE,
    missing_transform.RULE,
    forbidden_transform.RULE,
    wrong_axis_in.RULE,
    wrong_axis_out.RULE,
    wrong_nesting.RULE,
    carry_lost.RULE,
    wrong_length.RULE,
    wrong_direction.RULE,
    wrong_step.RULE,
    other_gradient.RULE,
    no_nn_vmap.RULE,
    wrong_module.RULE,
    wrong_in_axes.RULE,
    wrong_axis_size.RULE,
    wrong_out_axes.RULE,
    wrong_axis_name.RULE,
    params_not_lifted.RULE,
    state_not_lifted.RULE,
    per_example_params.RULE,
    per_example_state.RULE,
    per_step_params.RULE,
    shared_params.RULE,
    carried_params.RULE,
    wrong_variable_axes.RULE,
    params_rng_not_lifted.RULE,
    rng_not_lifted.RULE,
    split_params_rng.RULE,
    unsplit_params_rng.RULE,
    unsplit_rng.RULE,
    not_mutable.RULE,
    evaluation_mode.RULE,
    changed_layer.RULE,
    ignored_features.RULE,
    other_layers.RULE,
    ignored_seed.RULE,
    missing_rng.RULE,
    reused_key.RULE,
    derived_key.RULE,
    discarded_update.RULE,
    mistake.RULE,
    not_an_array.RULE,
    not_flattened.RULE,
    wrong_shape.RULE,
    wrong_dtype.RULE,
    wrong_order.RULE,
    author_check.RULE,
    wrong_values.RULE,
)
"""In the order in which findings are reported: a cause stands above what it accounts for."""


UNEXPLAINED: Final = wrong_values.RULE.id
"""The rule of what is wrong for no reason that another rule knows."""

BY_NUMBERS: Final = frozenset({wrong_direction.RULE.id, carry_lost.RULE.id, derived_key.RULE.id})
"""The rules of mistakes that a record shows only where arrays and keys have numbers: not those of a
loop in a map over the examples, nor those of a key in `jax.jit`."""

MISSING: Final = missing_function.RULE.id
"""The rule of a file without the function that is called."""

TITLED: Final = mistake.RULE.id
"""The rule, and the label, of a mistake that has its author's own words."""

AUTHORS: Final = author_check.RULE.id
"""The rule, and the label, of what an exercise's own check says."""


def rule_by_id(name: str) -> Rule:
    """Return the rule called `name`; `KeyError` if there is none."""
    for rule in RULES:
        if rule.id == name:
            return rule
    raise KeyError(name)
