"""Projects handed on: one foreign format, one file, all of them registered in one place."""
