"""
depcheck's solving, on libsolv (github.com/openSUSE/libsolv; Debian: python3-solv): reads a task as JSON on standard input
and writes the verdicts as JSON to standard output.
"""

import json
import sys

from judge import judge
from situation import read_situation

situation = read_situation(json.load(sys.stdin))
packages, rejected = judge(situation)
verdicts = [
    {"name": update.name, "accepted": update not in rejected, "reasons": rejected.get(update, [])}
    for update in situation.updates
]
json.dump({"packages": packages, "updates": verdicts}, sys.stdout)
