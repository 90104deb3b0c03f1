"""Benchmarks against peers; `./tests/bench` runs them. Nothing here is a test."""
