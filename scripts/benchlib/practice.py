"""Generated practices, and whether a ledger says about them what it must."""

import json

from . import run

TODAY = "2026-09-30"
ENV = {"ARREARS_TODAY": TODAY, "LC_ALL": "C"}


class Practice:
    """The files of one made-up practice. `shape` says how its claims are spread over files."""

    SHAPES = {
        "usual": [],
        # All first answers in one file.
        "large": ["--claims-per-837", "100000000", "--payments-per-835", "100000000", "--one-large-835"],
        "small": ["--claims-per-837", "100000000", "--payments-per-835", "100", "--one-large-835"],
    }

    def __init__(self, binary, folder, claims, shape):
        self.claims = claims
        self.folder = folder / f"practice-{claims}-{shape}"
        if not (self.folder / "expected.json").exists():
            run.say(f"writing a practice of {claims:,} claims ({shape})")
            run.run([binary, "synth", "--claims", claims, *self.SHAPES[shape], self.folder], ENV)
        self.expected = json.loads((self.folder / "expected.json").read_text())

    @property
    def claim_files(self):
        return sorted((self.folder / "837").iterdir())

    @property
    def remit_files(self):
        return sorted((self.folder / "835").iterdir())

    @property
    def bytes(self):
        return sum(file.stat().st_size for file in self.claim_files + self.remit_files)


def cents(text):
    """`-12.50` is -1250."""
    whole, _, part = text.partition(".")
    return int(whole + (part + "00")[:2])


def verify(binary, ledger, expected):
    """Every total that the generator knows, to the cent."""

    def report(*words):
        return json.loads(run.ask([binary, "--db", ledger, "--format", "json", "report", *words], ENV))

    def must(what, found, wanted):
        if found != wanted:
            raise SystemExit(f"{ledger}: {what} is {found} and must be {wanted}")

    aging = report("aging")
    known = {payer: row for payer, row in expected["aging_by_payer"].items() if row["claims"]}
    must("payers of the aging", len(aging["rows"]), len(known))
    names = {"d0_30": "0-30", "d31_60": "31-60", "d61_90": "61-90", "d91_120": "91-120", "d121_plus": "121+"}
    names.update({name: name for name in ("credit", "total", "claims")})
    for row in aging["rows"]:
        for ours, theirs in names.items():
            must(f"{row['payer_id']} {theirs}", row[ours], known[row["payer_id"]][theirs])
    must("balance", aging["totals"]["total"], expected["balance"])
    denials = report("denials")
    must("reasons", len(denials["rows"]), len(expected["denials"]))
    for row in denials["rows"]:
        for key in ("denied", "recovered", "open", "claims"):
            must(f"{row['reason']} {key}", row[key], expected["denials"][row["reason"]][key])
    accounts = {}
    for row in report("trial-balance")["rows"]:
        accounts[row["account"]] = accounts.get(row["account"], 0) + cents(row["balance"])
    wanted = {"cash:insurance": cents(expected["cash"]), "unapplied": -cents(expected["unapplied"]),
              "revenue:charges": -cents(expected["charges"])}
    wanted.update({account: cents(amount) for account, amount in expected["buckets"].items()})
    wanted.update({account: cents(amount) for account, amount in expected["adjustments"].items()})
    for account, amount in wanted.items():
        must(account, accounts.get(account, 0), amount)


def verify_peer(peer, database, expected):
    """The same for what the SQLite program knows: it must have done the same work."""
    found = run.ask([peer, "totals", database]).strip().split(",")
    wanted = [expected["claims"], cents(expected["charges"]), cents(expected["payments"]), cents(expected["balance"]),
              expected["claim_payments"], expected["unmatched"], cents(expected["cash"])]
    if [int(number) for number in found] != wanted:
        raise SystemExit(f"{database} says {found} and must say {wanted}")
