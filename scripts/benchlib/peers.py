"""The programs that an office could have had instead, where they can be installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import run

AGING = """SELECT {by}, count(*), sum(CASE WHEN age <= 30 THEN balance END),
    sum(CASE WHEN age BETWEEN 31 AND 60 THEN balance END), sum(CASE WHEN age BETWEEN 61 AND 90 THEN balance END),
    sum(CASE WHEN age BETWEEN 91 AND 120 THEN balance END), sum(CASE WHEN age > 120 THEN balance END), sum(balance)
    FROM (SELECT *, {day} - service AS age FROM claims WHERE balance <> 0) GROUP BY {by}"""
DENIALS = "SELECT grp, reason, count(DISTINCT claim), sum(amount) FROM denials GROUP BY grp, reason"
DENIALS_BY_PAYER = """SELECT c.payer, count(DISTINCT d.claim), sum(d.amount) FROM denials d JOIN claims c ON c.id = d.claim
    GROUP BY c.payer"""
AS_OF = """SELECT payer, count(*), sum(balance) FROM (SELECT c.payer, c.charge - coalesce(j.amount, 0) AS balance
    FROM claims c LEFT JOIN (SELECT claim, sum(amount) AS amount FROM journal WHERE posted_on <= {day}
    AND account IN (1, 2) GROUP BY claim) j ON j.claim = c.id WHERE c.billed <= {day}) WHERE balance <> 0 GROUP BY payer"""


def sqlite(scripts):
    """Builds the SQLite program. None, with a reason said, where that is impossible."""
    built = subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=scripts / "peer", check=False)
    if built.returncode:
        run.say("SQLite is left out: scripts/peer cannot be built (it needs a C compiler)")
        return None
    target = os.environ.get("CARGO_TARGET_DIR")
    return (Path(target) if target else scripts / "peer" / "target") / "release" / "peer"


def duckdb(work):
    """DuckDB's own command, from the path or from PyPI into a folder of its own."""
    found = shutil.which("duckdb")
    if found:
        return Path(found)
    folder = work / "duckdb"
    command = folder / "bin" / "duckdb"
    if not command.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
            pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "duckdb-cli"]
            subprocess.run(pip, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pass
    if not command.exists():
        run.say("DuckDB is left out: it is not installed, and duckdb-cli cannot be had from PyPI")
        return None
    return command


class Duck:
    """A DuckDB database with the same claims, denials and journal as the SQLite one."""

    def __init__(self, command, peer, database, folder):
        self.command, self.path = command, folder / "duck.db"
        self.path.unlink(missing_ok=True)
        run.run([peer, "export", database, folder])
        load = "".join(f"CREATE TABLE {table} AS SELECT * FROM read_csv('{folder / table}.csv');"
                       for table in ("claims", "denials", "journal"))
        run.run([command, self.path, "-c", load])
        for table in ("claims", "denials", "journal"):
            (folder / f"{table}.csv").unlink()

    def ask(self, question):
        return [self.command, "-readonly", self.path, "-csv", "-c", question]


def day(text):
    """The number that scripts/peer gives a day: days since 1970."""
    import datetime
    return (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days
