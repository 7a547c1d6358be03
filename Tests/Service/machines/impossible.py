"""What tells "this machine can't do it" from "it does not work"."""


class Impossible(Exception):
    """No system can be booted here, and why; the tests that need one are skipped with this text."""
