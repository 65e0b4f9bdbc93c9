"""Has something in the place of the function whose signature and name lie or hang."""
# outcome: failed|ungradable; run: rarely


class Function:
    @property
    def __signature__(self):
        while True:
            pass

    @property
    def __module__(self):
        raise SystemExit(0)

    def __call__(self, *arguments):
        return arguments[1]

    def __getattr__(self, name):
        raise SystemExit(0)


nn_vmap_forward = Function()
