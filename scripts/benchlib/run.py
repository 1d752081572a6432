"""Running commands and asking the operating system what they cost."""

import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Cost:
    """One run of a whole process, cold: wall seconds, processor seconds, peak resident MiB."""

    wall: float
    cpu: float
    memory: float


@dataclass
class Measured:
    """All runs of one contender at one piece of work."""

    costs: list = field(default_factory=list)

    @property
    def wall(self):
        return statistics.median(cost.wall for cost in self.costs)

    @property
    def spread(self):
        """The fastest and the slowest run."""
        walls = [cost.wall for cost in self.costs]
        return min(walls), max(walls)

    @property
    def memory(self):
        return max(cost.memory for cost in self.costs)


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(command, env=None, accept=(0,)):
    """Runs a command to its end. Its output is thrown away; its cost is what wait4 says of the process.

    Linux never reports less memory than this script itself uses, some 15 MiB."""
    command = [str(part) for part in command]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accept:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{errors.decode(errors='replace')}")
    per_kib = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / per_kib)


def ask(command, env=None, accept=(0,)):
    """Runs a command and returns what it prints."""
    command = [str(part) for part in command]
    done = subprocess.run(command, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, capture_output=True,
                          check=False)
    if done.returncode not in accept:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def compete(contenders, rounds):
    """Runs contenders in turn, A B A B, so that what disturbs the machine disturbs all of them.

    Each is a name and a function that prepares a run and returns it as a function; only the latter is timed."""
    measured = {name: Measured() for name, _ in contenders}
    for _ in range(rounds):
        for name, prepare in contenders:
            work = prepare()
            measured[name].costs.append(work())
    return measured


def copy(source, target):
    """A fresh copy of a database, written out before anything is timed."""
    for old in target.parent.glob(target.name + "*"):
        old.unlink()
    for part in source.parent.glob(source.name + "*"):
        shutil.copyfile(part, target.parent / (target.name + part.name[len(source.name):]))
    os.sync()


def machine():
    """Processor, cores, memory and system, in one line."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}"
