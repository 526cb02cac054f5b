"""N5 datasets: ``attributes.json`` → `StoredArray`."""
