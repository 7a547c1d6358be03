"""The difference between "this machine cannot run the test" and "the test fails"."""


class Impossible(Exception):
    """The reason why no system can boot here. The tests that need one are skipped with this text."""
