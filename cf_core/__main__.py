"""The command line: `python -m cf_core COMMAND`.

Exit status: 0 done; 1 the run failed or diverged, or the store is not well; 2 bad input, explained in one line on
standard error; 130 stopped by Ctrl-C; 143 terminated, to be resumed; 141 the reader of the output closed the pipe.
Heavy imports are left to the commands, so that help is immediate and only `train`, `resume` and `sweep` load torch.
"""

import os
import sys
from collections.abc import Sequence

from cf_core.cli import (
    compare,
    crosstab,
    evaluate,
    export,
    generate,
    health,
    import_data,
    import_run,
    interpret,
    move_runs,
    recommend,
    runs,
    sweep,
    train,
)
from cf_core.cli.parser import Parser
from cf_core.errors import CFError

BAD_INPUT, INTERRUPTED, BROKEN_PIPE = 2, 130, 141

DESCRIPTION = """\
Collaborative filtering as in the lesson: look at the ratings, train a model, see what it has learnt.

  python -m cf_core crosstab                       who rated what: the busiest users and the most rated items
  python -m cf_core import ratings.csv --name mine  your own ratings, for --data
  python -m cf_core train --recipe fast            train a model and store it in runs/
  python -m cf_core resume RUN                     go on with a run that was cut off
  python -m cf_core sweep --recipe fast --vary learning_rate=0.01:0.1:log   find good settings
  python -m cf_core leaderboard latest             the best items according to the model
  python -m cf_core project latest                 the ends of the map of items
  python -m cf_core recommend latest --rate 318=5 260=3.5   what to take next, and because of which rating
  python -m cf_core evaluate latest --baselines    how well it ranks, beside most popular, damped means and EASE
  python -m cf_core export latest --to FOLDER      weights, tables and predictions, for other programs and other labs
  python -m cf_core generate --name planted        make up ratings whose truth is known
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
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
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # or Python would complain when it flushes at exit
        return BROKEN_PIPE


def build_parser() -> Parser:
    """All commands with their options and help."""
    parser = Parser(prog="python -m cf_core", description=DESCRIPTION)
    commands = parser.add_subparsers(metavar="COMMAND", required=True, title="commands")
    train.add_to(commands)
    sweep.add_to(commands)
    crosstab.add_to(commands)
    import_data.add_to(commands)
    interpret.add_to(commands)
    recommend.add_to(commands)
    evaluate.add_to(commands)
    export.add_to(commands)
    import_run.add_to(commands)
    compare.add_to(commands)
    runs.add_to(commands)
    health.add_to(commands)
    move_runs.add_to(commands)
    generate.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
