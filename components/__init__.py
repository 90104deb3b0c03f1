"""The rooms of Mask Desk; `errors` at the bottom, `ui` at the top, imports only downwards."""
