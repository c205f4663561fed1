"""The files that travel between server and custodians: the export out, the bundle back, both signed."""
