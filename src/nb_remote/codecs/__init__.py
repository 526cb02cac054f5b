"""Raw chunks to arrays: one file per codec, each bounds-checked."""
