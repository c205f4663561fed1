"""Lists at the centre: intake, approval, late desks."""
