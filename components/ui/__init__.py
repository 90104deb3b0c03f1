"""Panels that pages are put together from, and errors turned into words in one place."""
