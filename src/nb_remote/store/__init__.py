"""From a location to its bytes: read-only, checked, bounded."""
