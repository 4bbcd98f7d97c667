"""
Pushes as libsolv can solve them. A push of an update is a package of its own, a marker: it requires each of the update's
packages, or a newer pending one in its place; and each of the update's packages requires the marker. So a solution that
installs markers is a push of whole updates, and libsolv finds those that need each other.
"""

import solv

from situation import obsoleted

# No package's name has a blank.
PREFIX = "autoqa: "

# Those of libsolv's rules that say something of packages.
WORDS = {
    solv.Solver.SOLVER_RULE_PKG_REQUIRES: "Requires",
    solv.Solver.SOLVER_RULE_PKG_NOTHING_PROVIDES_DEP: "Requires",
    solv.Solver.SOLVER_RULE_PKG_CONFLICTS: "Conflicts",
    solv.Solver.SOLVER_RULE_PKG_OBSOLETES: "Obsoletes",
    solv.Solver.SOLVER_RULE_PKG_INSTALLED_OBSOLETES: "Obsoletes",
}
FLAGS = (
    solv.Solver.SOLVER_FLAG_ALLOW_DOWNGRADE,
    solv.Solver.SOLVER_FLAG_ALLOW_ARCHCHANGE,
    solv.Solver.SOLVER_FLAG_ALLOW_VENDORCHANGE,
    solv.Solver.SOLVER_FLAG_IGNORE_RECOMMENDED,
    solv.Solver.SOLVER_FLAG_NO_INFARCHCHECK,
)
INSTALL = solv.Job.SOLVER_INSTALL | solv.Job.SOLVER_SOLVABLE


class Pushes:
    def __init__(self, situation, left_out):
        """left_out: live packages that are not installed; they are of no use to anybody."""
        self.situation = situation
        self.pool = situation.pool
        chosen = {package.id for package in self.packages()}
        self.hidden = [package.id for package in left_out]
        self.hidden += [package.id for package in situation.pending.solvables_iter() if package.id not in chosen]
        # Updates some of whose packages other pending updates replace.
        self.superseded = []
        self.mark()
        self.hide([])

    def mark(self):
        repo = self.pool.add_repo("pushes")
        newest = self.provide_places()
        obsolete = self.provide_obsoletions()
        self.markers = {}
        for number, update in enumerate(self.situation.updates):
            marker = repo.add_solvable()
            marker.name = "%supdate %d" % (PREFIX, number)
            marker.evr = "0"
            marker.arch = "noarch"
            marker.add_deparray(solv.SOLVABLE_PROVIDES, self.pool.Dep(marker.name))
            for package in update.packages:
                wanted = self.place(self.situation.main_place(package), solv.REL_GT | solv.REL_EQ, package)
                if package.id in obsolete:
                    wanted = wanted.Rel(solv.REL_OR, self.obsoletion(package))
                marker.add_deparray(solv.SOLVABLE_REQUIRES, wanted)
                package.add_deparray(solv.SOLVABLE_REQUIRES, self.pool.Dep(marker.name))
            self.markers[update] = marker
            if any(package.id not in newest or package.id in obsolete for package in update.packages):
                self.superseded.append(update)

    def provide_places(self):
        """Has pending packages provide the places that they take; returns the ids of those that are the newest there."""
        newest = {}
        for package in self.packages():
            for place in self.situation.places(package):
                package.add_deparray(solv.SOLVABLE_PROVIDES, self.place(place, solv.REL_EQ, package))
                if place not in newest or package.evrcmp(newest[place]) > 0:
                    newest[place] = package
        return {
            package.id
            for package in self.packages()
            if package.evrcmp(newest[self.situation.main_place(package)]) >= 0
        }

    def provide_obsoletions(self):
        """The same for packages that other updates obsolete; one that obsoletes a part of itself is not good for anything."""
        owner = {package.id: update for update in self.situation.updates for package in update.packages}
        obsolete = set()
        for package, other in obsoleted(self.packages(), self.packages()):
            if owner[package.id] is not owner[other.id]:
                package.add_deparray(solv.SOLVABLE_PROVIDES, self.obsoletion(other))
                obsolete.add(other.id)
        return obsolete

    def packages(self):
        return [package for update in self.situation.updates for package in update.packages]

    def place(self, place, relation, package):
        """A dependency on what takes a place, in a package's version or a newer one."""
        return self.pool.Dep("%s%s %s" % ((PREFIX,) + place)).Rel(relation, self.pool.Dep(package.evr))

    def obsoletion(self, package):
        """A dependency on what obsoletes a package."""
        return self.pool.Dep("%sobsoletes %d" % (PREFIX, package.id))

    def hide(self, updates):
        """From now on nothing of these updates can be pushed."""
        for update in updates:
            self.hidden.append(self.markers[update].id)
        self.pool.set_disabled_list(self.hidden)
        self.pool.createwhatprovides()

    def find(self, updates, wishes=(), in_place=()):
        """
        A push of these updates, of as many of the wishes as it finds, the former before the latter, and of what else it
        takes. in_place: updates whose packages must be there themselves and not newer ones in their place.
        Returns the updates in it, or None and the reasons why there is no such push.
        """
        jobs = [self.pool.Job(INSTALL, self.markers[update].id) for update in updates]
        jobs += [self.pool.Job(INSTALL, package.id) for update in in_place for package in update.packages]
        jobs += [self.pool.Job(INSTALL | solv.Job.SOLVER_WEAK, self.markers[update].id) for update in wishes]
        solver = self.pool.Solver()
        for flag in FLAGS:
            solver.set_flag(flag, 1)
        problems = solver.solve(jobs)
        if problems:
            return None, self.reasons(problems)
        installed = {package.id for package in solver.transaction().newsolvables()}
        return {update for update, marker in self.markers.items() if marker.id in installed}, []

    def reasons(self, problems):
        found = set()
        for problem in problems:
            for rule in problem.findallproblemrules():
                info = rule.info()
                if info.type not in WORDS or PREFIX in info.solvable.name or PREFIX in info.dep.str():
                    continue
                origin = self.situation.origin.get(info.solvable.id, "?")
                text = "--> Package: %s (%s)  %s: %s" % (
                    info.solvable.str(),
                    origin,
                    WORDS[info.type],
                    info.dep.str(),
                )
                if info.othersolvable is not None:
                    text += "  (%s)" % info.othersolvable.str()
                found.add(text)
        return sorted(found)
