"""A form, and what a page would see of it."""

import threading
import time

import pytest

import nb_remote as nbr

PATIENCE_S = 10


class FormPage:
    """Stands where the page is: sends messages and reads the synced state."""

    def __init__(self, form):
        self.form = form
        self._rid = 0
        self._changed = threading.Condition()
        self.states = []
        form.observe(self._on_state, ["_state", "_json", "_view", "dataset"])

    def _on_state(self, change):
        with self._changed:
            if change.name == "_state":
                self.states.append(change.new)
            self._changed.notify_all()

    @property
    def state(self):
        return self.form._state

    @property
    def entries(self):
        return self.state["entries"]

    @property
    def statuses(self):
        return [entry["status"] for entry in self.entries]

    @property
    def layer_names(self):
        return [layer["name"] for entry in self.entries for layer in entry["layers"]]

    def send(self, kind, **fields):
        self._rid += 1
        self.form._handle_custom_msg({"kind": kind, "rid": self._rid, **fields}, [])
        return self._rid

    def ask(self, kind, **fields):
        """Send, and wait until it is followed or refused."""
        rid = self.send(kind, **fields)
        self.until(lambda: self.state["answered"] >= rid)
        return self.state["refusal"]

    def add(self, address, **access):
        """Add an address, perhaps with what was typed about access."""
        blank = {"name": "", "secret": "", "session": "", "payer": "", "requester_pays": False}
        return self.ask("add", address=address, access=blank | access if access else None)

    def correct(self, field, *value, entry=1, layer=0, channel=0):
        """Correct a property of a layer; without a value take it back."""
        return self.ask(
            "correct", entry=entry, layer=layer, field=field, channel=channel, value=list(value)
        )

    def card(self, entry=1, layer=0):
        """Return the card of a layer."""
        (found,) = [one for one in self.entries if one["number"] == entry]
        (card,) = [one for one in found["layers"] if one["index"] == layer]
        return card

    def fact(self, label, entry=1, layer=0):
        """Return value and origin of a property."""
        (fact,) = [one for one in self.card(entry, layer)["facts"] if one["label"] == label]
        return fact["value"], fact["origin"]

    def parts(self, label, entry=1, layer=0):
        """Return a property as it stands in its editor."""
        (fact,) = [one for one in self.card(entry, layer)["facts"] if one["label"] == label]
        return fact["edit"]["value"]

    def settled(self):
        """Wait until nothing is being looked at."""
        self.until(lambda: "exploring" not in self.statuses)
        return self.entries[-1] if self.entries else None

    def until(self, fact):
        deadline = time.monotonic() + PATIENCE_S
        with self._changed:
            while not fact():
                assert self._changed.wait(deadline - time.monotonic()), self.state


@pytest.fixture
def open_form():
    """``page = open_form(…)``: a form and the page's end of it."""
    forms = []

    def open_(*addresses, **options):
        page = FormPage(nbr.AddRemoteDataset(*addresses, **options))
        forms.append(page.form)
        return page

    yield open_
    for form in forms:
        form.close()
