"""The sealed box on the server: its key, its custodians, what leaves for the opening, what came back."""

__all__ = (
    "custody",
    "labels",
    "name_grams",
    "opened_contents",
    "opening",
    "registration",
    "rehearsed_cells",
    "sealed_export",
)
