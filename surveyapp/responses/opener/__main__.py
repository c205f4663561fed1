"""`python -m … opener`: the same as the command `opener`."""

import sys

from .command import main

sys.exit(main())
