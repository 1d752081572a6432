"""Results as a Markdown table."""


def seconds(value):
    if value < 0.1:
        return f"{value * 1000:.1f} ms"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def per_second(count):
    return f"{count / 1000:,.0f} thousand/s" if count >= 10_000 else f"{count:,.0f}/s"


class Table:
    """One row for each piece of work; peers as ratios of their median to ours."""

    def __init__(self):
        self.rows = []

    def add(self, work, measured, count=None, unit="claims", note=""):
        """`measured` by name, ours as `arrears`. `count` is what is done in one run, for a speed."""
        ours = measured["arrears"]
        low, high = ours.spread
        result = seconds(ours.wall)
        if count:
            result += f" ({per_second(count / ours.wall)} {unit})"
        spread = f"{seconds(low)} – {seconds(high)}" if len(ours.costs) > 1 else ""
        peers = {}
        for name in ("SQLite", "DuckDB"):
            if name in measured:
                peers[name] = f"{seconds(measured[name].wall)}, {measured[name].wall / ours.wall:.1f} ×"
        self.rows.append((work, result, spread, peers.get("SQLite", ""), peers.get("DuckDB", ""),
                          f"{ours.memory:.0f} MiB", note))

    def fact(self, work, result, note=""):
        """What is no time."""
        self.rows.append((work, result, "", "", "", "", note))

    def markdown(self):
        heads = ("work", "arrears, median", "fastest – slowest", "SQLite", "DuckDB", "peak memory", "")
        rows = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
        rows += ["| " + " | ".join(row) + " |" for row in self.rows]
        return "\n".join(rows) + "\n"
