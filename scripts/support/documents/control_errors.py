"""The error codes of the control protocol, as one table."""

from typing import Any

from markdown import code, table


def control_errors(errors: list[dict[str, Any]]) -> str:
    return table(["code", "meaning"], ([code(each["code"]), each["meaning"]] for each in errors))
