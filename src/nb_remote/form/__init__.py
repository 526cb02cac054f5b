"""The form: from pasted addresses to a dataset, one layer after the other."""
