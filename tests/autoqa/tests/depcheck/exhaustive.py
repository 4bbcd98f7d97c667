"""
Compares depcheck's verdicts with those of a search through all sets of updates. Whether a set can be pushed is asked of
libsolv in the plainest way: whether all packages that the repository would then offer can be installed together. So
nothing is shared with depcheck's program but libsolv's rules of what satisfies a dependency.

Reads from standard input {"program": directory, "samples": [{arch, live: [package], accepted: [[package]],
updates: [[package]]}]}, a package being {name, version, arch, requires, provides, conflicts, obsoletes}; writes
{"judged", "accepted", "rejected", "replaced", "disagreements": [{"sample", "expected", "got"}]}.
"""

import itertools
import json
import sys

import solv

TASK = json.load(sys.stdin)
sys.path.insert(0, TASK["program"])
sys.dont_write_bytecode = True
from judge import judge  # noqa: E402
from situation import Situation, Update  # noqa: E402

RELATIONS = {"=": solv.REL_EQ, "<": solv.REL_LT, ">=": solv.REL_GT | solv.REL_EQ}
KEYS = {
    "requires": solv.SOLVABLE_REQUIRES,
    "provides": solv.SOLVABLE_PROVIDES,
    "conflicts": solv.SOLVABLE_CONFLICTS,
    "obsoletes": solv.SOLVABLE_OBSOLETES,
}


def add(repo, package):
    pool = repo.pool
    solvable = repo.add_solvable()
    solvable.name, solvable.evr, solvable.arch = package["name"], package["version"], package["arch"]
    itself = pool.Dep(package["name"]).Rel(solv.REL_EQ, pool.Dep(package["version"]))
    solvable.add_deparray(solv.SOLVABLE_PROVIDES, itself)
    for kind, key in KEYS.items():
        for text in package[kind]:
            name, *bound = text.split(" ")
            dependency = pool.Dep(name)
            if bound:
                dependency = dependency.Rel(RELATIONS[bound[0]], pool.Dep(bound[1]))
            solvable.add_deparray(key, dependency)
    return solvable


def verdicts(sample):
    """depcheck's: whether each update is accepted."""
    situation = Situation(sample["arch"])
    for package in sample["live"]:
        situation.origin[add(situation.live, package).id] = "f15"

    def read(repo, packages):
        solvables = [add(repo, package) for package in packages]
        situation.origin.update((solvable.id, "pending") for solvable in solvables)
        return Update("", solvables)

    situation.accepted = [read(situation.live, update) for update in sample["accepted"]]
    situation.updates = [read(situation.pending, update) for update in sample["updates"]]
    _, rejected = judge(situation)
    return [update not in rejected for update in situation.updates]


class Search:
    def __init__(self, sample):
        self.pool = solv.Pool()
        self.pool.setdisttype(solv.Pool.DISTTYPE_RPM)
        self.pool.setarch({"i386": "i686"}.get(sample["arch"], sample["arch"]))
        self.pool.set_flag(solv.Pool.POOL_FLAG_IMPLICITOBSOLETEUSESCOLORS, 1)
        self.pool.set_flag(solv.Pool.POOL_FLAG_OBSOLETEUSESCOLORS, 1)
        self.is_multilib = sample["arch"] == "x86_64"
        self.repo = self.pool.add_repo("all")
        # Of the generated 32-bit packages only those are libraries whose like is live.
        self.libraries = {package["name"] for package in sample["live"] if package["arch"] == "i686"}
        live = [add(self.repo, package).id for package in sample["live"]]
        accepted = [each for update in sample["accepted"] for each in self.add_update(update)]
        self.updates = [self.add_update(update) for update in sample["updates"]]
        self.pool.createwhatprovides()
        packages = list(self.repo.solvables_iter())
        self.newer = {old.id: {new.id for new in packages if self.is_newer(new, old)} for old in packages}
        self.replacing = {old.id: {new.id for new in packages if self.takes_place(new, old)} for old in packages}
        self.obsoleting = {old.id: {new.id for new in packages if self.obsoletes(new, old)} for old in packages}
        self.known = {}
        self.base = self.visible([], live + accepted)

    def add_update(self, packages):
        left_out = [each for each in packages if each["arch"] == "i686" and each["name"] not in self.libraries]
        return [add(self.repo, each).id for each in packages if not self.is_multilib or each not in left_out]

    def share_colors(self, *packages):
        return not self.is_multilib or len({each.arch for each in packages if each.arch != "noarch"}) < 2

    def takes_place(self, new, old):
        return new.name == old.name and self.share_colors(new, old)

    def is_newer(self, new, old):
        return self.takes_place(new, old) and new.evrcmp(old) > 0

    def obsoletes(self, new, old):
        dependencies = new.lookup_deparray(solv.SOLVABLE_OBSOLETES)
        is_meant = any(old.matchesdep(solv.SOLVABLE_NAME, dependency) for dependency in dependencies)
        return is_meant and new.name != old.name and self.share_colors(new, old)

    def visible(self, base, pushed):
        """What the repository offers after a push: of each package the newest, and nothing that is obsoleted."""
        newest = {each for each in pushed if not self.newer[each] & set(pushed)}
        new = {each for each in newest if not self.obsoleting[each] & newest}
        return frozenset(new.union(each for each in base if not (self.replacing[each] | self.obsoleting[each]) & new))

    def is_consistent(self, packages):
        if packages not in self.known:
            self.pool.set_disabled_list([each.id for each in self.repo.solvables_iter() if each.id not in packages])
            self.pool.createwhatprovides()
            jobs = [self.pool.Job(solv.Job.SOLVER_INSTALL | solv.Job.SOLVER_SOLVABLE, each) for each in packages]
            self.known[packages] = not self.pool.Solver().solve(jobs)
        return self.known[packages]

    def after(self, numbers):
        return self.visible(self.base, [package for number in numbers for package in self.updates[number]])

    def is_push(self, numbers):
        """Whether nothing breaks, and each update is there whole, or other ones have taken its packages' places."""
        after = self.after(numbers)
        for number in numbers:
            others = after - set(self.updates[number])
            for package in set(self.updates[number]) - after:
                if not (self.newer[package] | self.obsoleting[package]) & others:
                    return False
        return self.is_consistent(after)

    def sets_of(self, numbers):
        """All subsets; the more of the oldest, the earlier."""
        for chosen in itertools.product([True, False], repeat=len(numbers)):
            yield [number for number, is_in in zip(numbers, chosen) if is_in]

    def is_good(self, number):
        """Whether there is any push with an update's own packages in it."""
        others = [each for each in range(len(self.updates)) if each != number]
        own = set(self.updates[number])
        pushes = (numbers + [number] for numbers in self.sets_of(others))
        return any(own <= self.after(numbers) and self.is_push(numbers) for numbers in pushes)

    def best(self):
        good = [number for number in range(len(self.updates)) if self.is_good(number)]
        return next(numbers for numbers in self.sets_of(good) if self.is_push(numbers))


answer = {"judged": 0, "accepted": 0, "rejected": 0, "replaced": 0, "disagreements": []}
for sample in TASK["samples"]:
    search = Search(sample)
    if not search.is_consistent(search.base):
        continue
    best = search.best()
    after = search.after(best)
    expected = [number in best for number in range(len(search.updates))]
    got = verdicts(sample)
    answer["judged"] += 1
    answer["accepted"] += expected.count(True)
    answer["rejected"] += expected.count(False)
    answer["replaced"] += any(package not in after for number in best for package in search.updates[number])
    if got != expected:
        answer["disagreements"].append({"sample": sample, "expected": expected, "got": got})
json.dump(answer, sys.stdout)
