"""`python -m sundial.run`: the same as the `sundial` command."""

import sys

from sundial.run.cli import main

sys.exit(main())
