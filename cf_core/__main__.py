"""The command line: `python -m cf_core COMMAND`. Exit status 0 done, 1 a run that failed or diverged, 2 bad input with
one line on standard error, 130 stopped by Ctrl-C, 141 the reader of the output went away.

Heavy imports happen in the commands, so that help comes at once and only `train` pays for torch.
"""

import os
import sys
from collections.abc import Sequence

from cf_core.cli import crosstab, interpret, runs, train
from cf_core.cli.parser import Parser
from cf_core.errors import CFError

BAD_INPUT, INTERRUPTED, NO_READER = 2, 130, 141

DESCRIPTION = """\
Collaborative filtering, the lesson's way: look at the ratings, train a model, ask what it has learnt.

  python -m cf_core crosstab                       who rated what, the busiest users and most rated movies
  python -m cf_core train --recipe fast            train a model; it is kept in runs/
  python -m cf_core leaderboard latest             the best movies by what it learnt
  python -m cf_core project latest                 the ends of the map of movies
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give the exit status."""
    try:
        arguments = build_parser().parse_args(argv)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
        return status
    except CFError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # lest Python complain when it flushes at exit
        return NO_READER


def build_parser() -> Parser:
    """All commands with their options and help."""
    parser = Parser(prog="python -m cf_core", description=DESCRIPTION)
    commands = parser.add_subparsers(metavar="COMMAND", required=True, title="commands")
    train.add_to(commands)
    crosstab.add_to(commands)
    interpret.add_to(commands)
    runs.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
