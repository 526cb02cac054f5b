"""The form in the first cell of a notebook, as a person sees it."""


class Form:
    """What a person sees of the form, and does with it."""

    def __init__(self, nb):
        self.page = nb.page
        nb.run_cell(0)
        self.root = self.page.locator("[data-testid=nb-remote-form]")
        self.root.wait_for(state="visible")

    @property
    def field(self):
        return self.root.get_by_label("Address of")

    @property
    def json(self):
        """The JSON as text that can be edited."""
        return self.root.get_by_label("datasource-properties.json")

    @property
    def names(self):
        return self.root.locator(".nbr-entry .nbr-disclosure-line b").all_inner_texts()

    def entry(self, where, status):
        found = self.root.locator(f".nbr-entry[aria-label='{where}'][data-status={status}]")
        found.wait_for(state="visible")
        return found

    def add(self, address):
        self.field.fill(address)
        self.root.locator(".nbr-add button[type=submit]").click()

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def tab(self, name):
        self.root.get_by_role("tab", name=name).click()

    def edit(self, label, layer):
        """Open the editor of a property and return it."""
        self.root.get_by_role("button", name=f"Edit {label} of {layer}:").click()
        editor = self.root.locator(".nbr-editor")
        editor.wait_for(state="visible")
        return editor

    def says(self, label, layer):
        """Return a property of a layer as its card has it."""
        name = f"Edit {label} of {layer}: "
        button = self.root.get_by_role("button", name=name)
        return button.get_attribute("aria-label").removeprefix(name)
