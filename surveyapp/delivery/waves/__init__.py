"""Waves: whom they are for, over which days, under which limits, and whom they leave out."""
