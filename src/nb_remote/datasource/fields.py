"""What the fields of a datasource have in common: numbers that are numbers, unknown fields kept."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from nb_remote.dialects.webknossos_secrets import without_secrets


def _number(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError("must be a number")  # noqa: TRY004  (pydantic reports no TypeError)
    return value


Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0)]
Whole = Annotated[int, BeforeValidator(_number)]
PositiveWhole = Annotated[Whole, Field(gt=0)]
Index = Annotated[Whole, Field(ge=0)]
Byte = Annotated[Whole, Field(ge=0, le=255)]
Row = tuple[Number, Number, Number, Number]


class Part(BaseModel):
    """A part of a datasource. In JSON its fields are camelCase, and absent where they are None.

    Fields that are not known are kept as they are; credentials never are.
    """

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="allow"
    )

    @model_validator(mode="before")
    @classmethod
    def _without_credentials(cls, value: object) -> object:
        return without_secrets(value)[0] if isinstance(value, dict) else value

    def to_dict(self) -> dict[str, object]:
        """Return the part as plain Python, camelCase, without empty fields."""
        known = {
            str(info.alias): plain(getattr(self, name))
            for name, info in type(self).model_fields.items()
            if getattr(self, name) is not None
        }
        return {**known, **(self.model_extra or {})}


def plain(value: object) -> object:
    """Return a value of a part as JSON has it."""
    if isinstance(value, Part):
        return value.to_dict()
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value
