"""Whoever shows a form."""

from collections.abc import Awaitable
from typing import Protocol

from nb_remote.dataset import Dataset
from nb_remote.form.assembled import Assembled
from nb_remote.form.protocol import FormState


class Shown(Protocol):
    """Shows a form. Called on the IO loop, but for what `finish` returns."""

    def show(self, state: FormState) -> None:
        """Show what is known now."""

    def show_dataset(self, assembled: Assembled | None) -> None:
        """Show a dataset that changed."""

    def finish(self, dataset: Dataset) -> Awaitable[None]:
        """Hand the imported dataset to Python."""
