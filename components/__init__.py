"""The rooms of Mask Desk; `errors` at the bottom, `ui` at the top, imports only downwards."""

import os

# Before anything imports numpy: on the small matrices of the built-in models OpenBLAS's threads
# take two and a half times the processor time that one thread takes.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
