"""From what a person pasted to a place and the credentials for it; knows no network."""
