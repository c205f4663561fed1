"""`python -m par_release_verify FOLDER`, or this folder itself: `python verify.pyz FOLDER`."""

import sys

from .command import main

sys.exit(main())
