"""What every command-line tool does with the outcome of its work: messages and exit codes."""

import sys
import tempfile
import traceback
from collections.abc import Callable

from rdu.support.diagnostics import ExitCode, RduError
from rdu.support.text_files import drop_output


def run_tool(name: str, body: Callable[[], int]) -> int:
    """Run a tool's body and turn what it raises into messages on stderr and an exit code.

    Diagnosed errors print as they are. A reader that closed our stdout (`rdu-opt ... | head`) ends
    the tool quietly. Anything else is our fault: the traceback and the command line go to a file
    whose name is printed, and the exit code is 70.
    """
    try:
        return body()
    except RduError as failure:
        print(failure.render(), file=sys.stderr)
        return failure.exit_code
    except BrokenPipeError:
        drop_output()
        return ExitCode.OK
    except KeyboardInterrupt:
        return 128 + 2
    except MemoryError:
        print("error: there is not enough memory", file=sys.stderr)
        return ExitCode.ERROR
    except Exception as bug:  # the last line of defence: nothing a user does may show a traceback
        report = _write_report(name, bug)
        print(f"{name}: internal error: {type(bug).__name__}: {bug}", file=sys.stderr)
        for note in getattr(bug, "__notes__", ()):
            print(f"note: {note}", file=sys.stderr)
        print(f"note: command line and traceback are in '{report}'", file=sys.stderr)
        return ExitCode.INTERNAL


def _write_report(name: str, bug: BaseException) -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix=f"{name}-", suffix=".crash", delete=False, encoding="utf-8"
    ) as report:
        report.write(f"command: {sys.argv}\npython: {sys.version}\n\n")
        report.writelines(traceback.format_exception(bug))
    return report.name
