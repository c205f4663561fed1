"""Where each unit and group will stand on the last day."""
