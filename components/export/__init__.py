"""Projects handed on: one foreign format, one file, and the whole of them registered in one place."""
