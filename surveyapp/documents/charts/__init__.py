"""Charts as SVG, drawn by one program for pages and for files.

`curves` (counts and shares by day), `bars` (rates, distributions), `dots` (means) and `outline_map` each say what they draw as a
value; `figure` puts it on a page, `picture` into a file of its own, `picture_files` frames that file with title,
date and denominator. What differs between the two is all in `surfaces`.
"""

__all__ = ("bars", "curves", "dots", "outline_map", "picture_files", "surfaces")
