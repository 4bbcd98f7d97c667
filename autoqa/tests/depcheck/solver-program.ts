/**
 * The part of depcheck that speaks to libsolv (github.com/openSUSE/libsolv), through its Python binding (Debian:
 * python3-solv). It is a text here so that AutoQA stays one bundle.
 */
export const solverProgram = `"""depcheck's solving, on libsolv: which pending updates can be pushed so that nothing in the repositories breaks.

Reads a task as JSON on standard input and writes the verdicts as JSON to standard output. All of live (stable, and
what AutoQA accepted before) is taken to be installed, as AutoQA made yum believe; the pending updates are offered as
updates to it, and those that cannot be installed without breaking something are left out, the newest first.
"""

import collections
import json
import sys

import solv

NATIVE = {"i386": {"i386", "i486", "i586", "i686", "noarch"}, "x86_64": {"x86_64", "noarch"}}
FOREIGN = {"i386": set(), "x86_64": {"i386", "i486", "i586", "i686"}}
SOLV_ARCH = {"i386": "i686", "x86_64": "x86_64"}
LIBRARY_DIRECTORIES = {"/lib", "/usr/lib"}
EXPLAINED_UPDATES = 50

Rule = solv.Solver
WORDS = {
    Rule.SOLVER_RULE_PKG_REQUIRES: "Requires",
    Rule.SOLVER_RULE_PKG_NOTHING_PROVIDES_DEP: "Requires",
    Rule.SOLVER_RULE_PKG_CONFLICTS: "Conflicts",
    Rule.SOLVER_RULE_PKG_OBSOLETES: "Obsoletes",
    Rule.SOLVER_RULE_PKG_INSTALLED_OBSOLETES: "Obsoletes",
}


class Update:
    def __init__(self, name, rpms):
        self.name = name
        self.rpms = rpms
        self.packages = []


def native_key(package):
    """Packages of one key replace each other; 32- and 64-bit ones live side by side."""
    return (package.name, "foreign" if package.arch in FOREIGN[ARCH] else "native")


class Depcheck:
    def __init__(self, task):
        self.pool = solv.Pool()
        self.pool.setdisttype(solv.Pool.DISTTYPE_RPM)
        self.pool.setarch(SOLV_ARCH[ARCH])
        self.pool.set_flag(solv.Pool.POOL_FLAG_IMPLICITOBSOLETEUSESCOLORS, 1)
        self.pool.set_flag(solv.Pool.POOL_FLAG_OBSOLETEUSESCOLORS, 1)
        self.live = self.pool.add_repo("live")
        self.pending = self.pool.add_repo("pending")
        self.origin = {}
        for repository in task["repositories"]:
            self.load(self.live, repository["primary"], None, 0)
            for package in self.live.solvables_iter():
                self.origin.setdefault(package.id, repository["name"])
        self.accepted = [self.read(self.live, update) for update in task["accepted"]]
        self.updates = [self.read(self.pending, update) for update in task["updates"]]
        if self.needs_filelists():
            for repository in task["repositories"]:
                self.load(self.live, repository["filelists"], "FL", solv.Repo.REPO_EXTEND_SOLVABLES)
        self.choose_multilib()
        self.pool.addfileprovides()
        self.pool.createwhatprovides()
        installed = self.choose_installed()
        self.forgive_old_conflicts(installed)
        # A shadow shares its original's data, so nothing may be changed from here on.
        self.installed = self.live.createshadow("installed")
        self.installed.moveshadow([package.id for package in installed])
        self.pool.installed = self.installed
        self.packages = len(installed)
        ids = {package.id for package in installed}
        self.left_out = [package.id for package in self.live.solvables_iter() if package.id not in ids]

    def load(self, repo, path, language, flags):
        file = solv.xfopen(path)
        if not repo.add_rpmmd(file, language, flags):
            raise RuntimeError("libsolv cannot read the repository: " + self.pool.errstr)
        file.close()

    def read(self, repo, described):
        update = Update(described["name"], described["rpms"])
        for path in update.rpms:
            package = repo.add_rpm(path, solv.Repo.REPO_REUSE_REPODATA | solv.Repo.REPO_NO_INTERNALIZE)
            if package is None:
                raise RuntimeError("libsolv cannot read an RPM: " + self.pool.errstr)
            self.origin[package.id] = "pending"
            update.packages.append(package)
        repo.internalize()
        return update

    def needs_filelists(self):
        """Whether a dependency names a file that a repository's primary metadata does not list."""
        for repo in (self.live, self.pending):
            for package in repo.solvables_iter():
                for key in (solv.SOLVABLE_REQUIRES, solv.SOLVABLE_CONFLICTS):
                    for dependency in package.lookup_deparray(key):
                        path = dependency.str()
                        if path.startswith("/") and not (
                            path.startswith("/etc/") or "bin/" in path or path == "/usr/lib/sendmail"
                        ):
                            return True
        return False

    def files(self, package):
        for data in package.Dataiterator(solv.SOLVABLE_FILELIST, None, solv.Dataiterator.SEARCH_FILES | solv.Dataiterator.SEARCH_COMPLETE_FILELIST):
            yield data.str

    def choose_multilib(self):
        """Of 32-bit packages, the ones that mash would put into the 64-bit repository beside their 64-bit twins."""
        everything = self.accepted + self.updates
        if not FOREIGN[ARCH]:
            return
        natives = {package.name for package in self.live.solvables_iter() if package.arch in NATIVE[ARCH]}
        published = {package.name for package in self.live.solvables_iter() if package.arch in FOREIGN[ARCH]}
        for update in everything:
            natives |= {package.name for package in update.packages if package.arch in NATIVE[ARCH]}
        foreign = [package for update in everything for package in update.packages if package.arch in FOREIGN[ARCH]]
        chosen = set()
        queue = []
        for package in foreign:
            wanted = package.name in published or (package.name in natives and self.is_library(package))
            if wanted:
                chosen.add(package.id)
                queue.append(package)
        provides = collections.defaultdict(list)
        for package in foreign:
            for dependency in package.lookup_deparray(solv.SOLVABLE_PROVIDES, -1):
                provides[dependency.str().split(" ")[0]].append(package)
        offered = set()
        for repo in (self.live, self.pending):
            for package in repo.solvables_iter():
                if package.id in chosen or package.arch in NATIVE[ARCH] or repo is self.live:
                    for dependency in package.lookup_deparray(solv.SOLVABLE_PROVIDES, -1):
                        offered.add(dependency.str().split(" ")[0])
        while queue:
            for dependency in queue.pop().lookup_deparray(solv.SOLVABLE_REQUIRES, -1):
                name = dependency.str().split(" ")[0]
                if name in offered or not provides[name]:
                    continue
                package = provides[name][0]
                if package.id not in chosen:
                    chosen.add(package.id)
                    queue.append(package)
                offered |= {each.str().split(" ")[0] for each in package.lookup_deparray(solv.SOLVABLE_PROVIDES, -1)}
        for update in everything:
            update.packages = [
                package for package in update.packages if package.arch in NATIVE[ARCH] or package.id in chosen
            ]

    def is_library(self, package):
        if package.name.endswith(("-devel", "-static")):
            return True
        for path in self.files(package):
            directory, _, name = path.rpartition("/")
            if directory in LIBRARY_DIRECTORIES and (name.endswith(".so") or ".so." in name):
                return True
        return False

    def choose_installed(self):
        """The newest of each live package, without what others of them obsolete."""
        chosen = {package.id for update in self.accepted for package in update.packages}
        newest = {}
        for package in self.live.solvables_iter():
            if self.origin.get(package.id) == "pending" and package.id not in chosen:
                continue
            key = native_key(package)
            if key not in newest or package.evrcmp(newest[key]) > 0:
                newest[key] = package
        obsoleted = set()
        for package in newest.values():
            for dependency in package.lookup_deparray(solv.SOLVABLE_OBSOLETES):
                for other in self.pool.whatmatchesdep(solv.SOLVABLE_NAME, dependency):
                    if other.name != package.name:
                        obsoleted.add(other.id)
        return [package for package in newest.values() if package.id not in obsoleted]

    def forgive_old_conflicts(self, installed):
        """Conflicts among live packages were there before: packages that conflict are simply not installed together."""
        ids = {package.id for package in installed}
        old = set()
        for package in installed:
            conflicts = package.lookup_deparray(solv.SOLVABLE_CONFLICTS)
            kept = []
            for dependency in conflicts:
                hit = [each for each in self.pool.whatprovides(dependency) if each.id in ids and each.id != package.id]
                old |= {frozenset((package.name, each.name)) for each in hit}
                if not hit:
                    kept.append(dependency)
            if len(kept) < len(conflicts):
                self.set_conflicts(package, kept)
        for update in self.updates:
            for package in update.packages:
                conflicts = package.lookup_deparray(solv.SOLVABLE_CONFLICTS)
                kept = [
                    dependency
                    for dependency in conflicts
                    if not any(
                        frozenset((package.name, each.name)) in old for each in self.pool.whatprovides(dependency)
                    )
                ]
                if len(kept) < len(conflicts):
                    self.set_conflicts(package, kept)

    def set_conflicts(self, package, dependencies):
        package.unset(solv.SOLVABLE_CONFLICTS)
        for dependency in dependencies:
            package.add_deparray(solv.SOLVABLE_CONFLICTS, dependency)

    def solve(self, strong, weak, offered):
        """Solves for the packages of updates; returns libsolv's problems and the ids that end up installed."""
        available = {package.id for update in offered for package in update.packages}
        everything = [package.id for update in self.updates for package in update.packages]
        hidden = [each for each in everything if each not in available] + self.left_out
        self.pool.set_disabled_list(hidden)
        self.pool.createwhatprovides()
        # libsolv's problems are parts of their solver, which must not go before them.
        solver = self.solver = self.pool.Solver()
        for flag in (
            solv.Solver.SOLVER_FLAG_ALLOW_DOWNGRADE,
            solv.Solver.SOLVER_FLAG_ALLOW_ARCHCHANGE,
            solv.Solver.SOLVER_FLAG_ALLOW_VENDORCHANGE,
            solv.Solver.SOLVER_FLAG_IGNORE_RECOMMENDED,
            solv.Solver.SOLVER_FLAG_NO_INFARCHCHECK,
        ):
            solver.set_flag(flag, 1)
        what = solv.Job.SOLVER_INSTALL | solv.Job.SOLVER_SOLVABLE
        jobs = [self.pool.Job(what, package.id) for update in strong for package in update.packages]
        jobs += [
            self.pool.Job(what | solv.Job.SOLVER_WEAK, package.id) for update in weak for package in update.packages
        ]
        problems = solver.solve(jobs)
        if problems:
            return problems, set()
        return [], {package.id for package in solver.transaction().newsolvables()}

    def superseded(self):
        """Updates of which another pending update has a newer package."""
        newest = {}
        for update in self.updates:
            for package in update.packages:
                key = native_key(package)
                if key not in newest or package.evrcmp(newest[key]) > 0:
                    newest[key] = package
        return [
            update
            for update in self.updates
            if any(package.evrcmp(newest[native_key(package)]) < 0 for package in update.packages)
        ]

    def largest_set(self, strong, candidates):
        """The candidates that can be pushed beside the strong ones, whole updates only."""
        weak = list(candidates)
        while weak:
            problems, installed = self.solve(strong, weak, strong + weak)
            if problems:
                return []
            good = [update for update in weak if all(package.id in installed for package in update.packages)]
            if len(good) == len(weak):
                return good
            weak = good
        return []

    def judge(self):
        superseded = self.superseded()
        candidates = [update for update in self.updates if update not in superseded]
        accepted = self.largest_set([], candidates)
        while True:
            rest = [update for update in candidates if update not in accepted]
            more = self.largest_set(accepted, rest)
            for update in rest:
                if not more and not self.solve(accepted + [update], [], accepted + [update])[0]:
                    more = [update]
            if not more:
                break
            accepted = accepted + more
        verdicts = {update.name: update in accepted for update in candidates}
        for update in superseded:
            keys = {native_key(package) for package in update.packages}
            beside = [each for each in accepted if not keys & {native_key(package) for package in each.packages}]
            verdicts[update.name] = not self.solve(beside + [update], [], beside + [update])[0]
        explained = 0
        result = []
        for update in self.updates:
            reasons = []
            if not verdicts[update.name] and explained < EXPLAINED_UPDATES:
                explained += 1
                reasons = self.explain(update, [each for each in accepted if each is not update])
            result.append({"name": update.name, "accepted": verdicts[update.name], "reasons": reasons})
        return result

    def explain(self, update, accepted):
        keys = {native_key(package) for package in update.packages}
        beside = [each for each in accepted if not keys & {native_key(package) for package in each.packages}]
        problems, _ = self.solve(beside + [update], [], beside + [update])
        reasons = []
        for problem in problems:
            for rule in problem.findallproblemrules():
                info = rule.info()
                if info.type not in WORDS:
                    continue
                text = "--> Package: %s (%s)  %s: %s" % (
                    info.solvable.str(),
                    self.origin.get(info.solvable.id, "?"),
                    WORDS[info.type],
                    info.dep.str(),
                )
                if info.othersolvable is not None:
                    text += "  (%s)" % info.othersolvable.str()
                if text not in reasons:
                    reasons.append(text)
        return sorted(reasons)


TASK = json.load(sys.stdin)
ARCH = TASK["arch"]
check = Depcheck(TASK)
json.dump({"packages": check.packages, "updates": check.judge()}, sys.stdout)
`;
