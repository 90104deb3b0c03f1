"""What is kept outside memory."""

from components.store.spool import Kept, Spool

__all__ = ["Kept", "Spool"]
