"""How much a list may weigh. A real list of 20,000 people is 0.6 MB packed, 6 MB unpacked."""

MEGABYTE = 1024 * 1024

FILE_BYTES = 10 * MEGABYTE
UNPACKED_BYTES = 64 * MEGABYTE
ENTRIES = 200
# XML of a plain table packs about 12 to 1; beyond this an entry is a bomb, not a table.
RATIO = 150
RATIO_FROM_BYTES = MEGABYTE
ROWS = 60_000
COLUMNS = 60
CELL_CHARACTERS = 500

# Beyond this a table is read again rather than kept: 20,000 people take 4 MB, packed 0.3.
KEPT_BYTES = 32 * MEGABYTE

MEMORY_BYTES = 512 * MEGABYTE
CPU_SECONDS = 20
WALL_SECONDS = 45
# What a child may answer: 20,000 people with two findings each take 30 MB.
ANSWER_BYTES = 96 * MEGABYTE
AT_ONCE = 2
NICENESS = 10
