"""The program on a real screen, led by lines on its standard input; what the person says comes out as lines.

`show NAME` draws a scene, `notify TITLE` gives a notice of our own, `end` ends it.
"""

import sys
import threading

from sundial.agent.core.shown import Said
from sundial.agent.ui.program import Program
from tests.agent.ui import scenes


def _say(said: Said) -> None:
    sys.stdout.write(f"{said}\n")
    sys.stdout.flush()


def _follow(program: Program) -> None:
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        match word:
            case "show":
                program.show(getattr(scenes, rest))
            case "notify":
                program.notify(rest, "")
            case "end":
                break
    program.end(0)


def main() -> int:
    """Run until told to end, or until nobody is there to tell."""
    program = Program(_say)
    threading.Thread(target=_follow, args=(program,), daemon=True).start()
    return program.run()


if __name__ == "__main__":
    sys.exit(main())
