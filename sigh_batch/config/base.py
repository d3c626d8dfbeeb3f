"""The base of every configuration model, and field types that several of them share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Config(BaseModel):
    """A frozen model that refuses unknown keys; a field's docstring is its description."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_default=True, use_attribute_docstrings=True
    )


def _read_weights(value: Any) -> Any:
    """Let `name` and `[name, name]` stand for equal weights, and null take a name out."""
    if isinstance(value, str | int | float):
        value = [value]
    if isinstance(value, list):
        return {_name(name): 1.0 for name in value}
    if isinstance(value, dict):
        return {_name(name): weight for name, weight in value.items() if weight is not None}
    return value


def _name(value: Any) -> str:
    """Return a name that YAML may have read as a number, such as a scale."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _check_weights(value: dict[str, float]) -> dict[str, float]:
    if sum(value.values()) <= 0:
        raise ValueError("at least one weight must be above 0")
    # A draw goes through the names in order, and the order in which they were written must not count.
    return dict(sorted(value.items()))


_Written = str | float | list[str | float] | dict[str, float | None]

Weights = Annotated[
    dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]],
    BeforeValidator(_read_weights, json_schema_input_type=_Written),
    AfterValidator(_check_weights),
]
"""How often each name is drawn: a map of weights, a list of equally likely names, or one name."""
