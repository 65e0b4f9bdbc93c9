"""What no general rule knows about nn-vmap-experts: parameters that the first answer doesn't show.

The scale starts at one and each bias at zero, so the answer is the same without them.
"""


def check(case, answer, record):
    # Other collections aren't parameters: a module may note its gate in one.
    found = {path: shape for path, shape in record.parameters.items() if path.startswith("params/")}
    if not found:  # Nothing was seen, so nothing can be said.
        return None
    features = case["features"]
    if "params/scale" not in found:
        return """the mixture has no parameter called scale

        It starts at one, so the first answer is the same without it. Training changes it, and
        weights that were saved with it don't fit a module without it.

        next: multiply the sum by self.param("scale", nn.initializers.ones, (self.features,))
        """
    if found["params/scale"] != (features,):
        return """the parameter scale doesn't have one number for each feature

        Its ones are spread over the answer, so the shape doesn't show there. Training would tell
        the difference: each feature has a scale of its own, the same for all examples.

        next: give it the shape (self.features,)
        """
    if "params/gate/kernel" in found and "params/gate/bias" not in found:
        return """the gate has no bias

        A bias starts at zero, so the first answer is the same without it, but not what training
        makes of it.

        next: leave out use_bias
        """
    return None
