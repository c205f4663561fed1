"""What stands between a signed-in person and a grave deed: the device, a fresh second factor, a second person."""
