"""What depcheck judges: a release's live packages and the pending updates, in a pool of libsolv."""

import collections

import solv

# Architectures in a repository beside its own: 32-bit libraries are in the 64-bit one too.
FOREIGN = {"i386": set(), "x86_64": {"i386", "i486", "i586", "i686"}}
SOLV_ARCH = {"i386": "i686", "x86_64": "x86_64"}


class Update:
    def __init__(self, name, packages):
        self.name = name
        self.packages = packages


class Situation:
    def __init__(self, arch):
        self.foreign_arches = FOREIGN[arch]
        self.pool = solv.Pool()
        self.pool.setdisttype(solv.Pool.DISTTYPE_RPM)
        self.pool.setarch(SOLV_ARCH[arch])
        self.pool.set_flag(solv.Pool.POOL_FLAG_IMPLICITOBSOLETEUSESCOLORS, 1)
        self.pool.set_flag(solv.Pool.POOL_FLAG_OBSOLETEUSESCOLORS, 1)
        # Stable, and what AutoQA accepted before.
        self.live = self.pool.add_repo("live")
        self.pending = self.pool.add_repo("pending")
        # Names of repositories by the ids of their packages.
        self.origin = {}
        # Both the oldest first.
        self.accepted = []
        self.updates = []

    def is_foreign(self, package):
        return package.arch in self.foreign_arches

    def places(self, package):
        """What a package takes of a system: of two with a place in common the newer replaces the older."""
        if not self.is_foreign(package):
            yield (package.name, "native")
        if self.is_foreign(package) or (self.foreign_arches and package.arch == "noarch"):
            yield (package.name, "foreign")

    def main_place(self, package):
        return next(self.places(package))


def obsoleted(packages, others):
    """Pairs of a package and one of the others that it obsoletes."""
    by_name = collections.defaultdict(list)
    for other in others:
        by_name[other.name].append(other)
    for package in packages:
        for dependency in package.lookup_deparray(solv.SOLVABLE_OBSOLETES):
            for other in by_name[dependency.str().split(" ")[0]]:
                if other.name != package.name and other.matchesdep(solv.SOLVABLE_NAME, dependency):
                    yield package, other


def read_situation(task):
    """Reads repositories' metadata and updates' RPMs; raises RuntimeError where libsolv cannot."""
    situation = Situation(task["arch"])
    for repository in task["repositories"]:
        load_metadata(situation, repository["primary"], None, 0)
        for package in situation.live.solvables_iter():
            situation.origin.setdefault(package.id, repository["name"])
    situation.accepted = [read_update(situation, situation.live, update) for update in task["accepted"]]
    situation.updates = [read_update(situation, situation.pending, update) for update in task["updates"]]
    if needs_filelists(situation):
        for repository in task["repositories"]:
            load_metadata(situation, repository["filelists"], "FL", solv.Repo.REPO_EXTEND_SOLVABLES)
    return situation


def load_metadata(situation, path, language, flags):
    file = solv.xfopen(path)
    if not file or not situation.live.add_rpmmd(file, language, flags):
        raise RuntimeError("libsolv cannot read the repository: " + situation.pool.errstr)
    file.close()


def read_update(situation, repo, described):
    packages = []
    for path in described["rpms"]:
        package = repo.add_rpm(path, solv.Repo.REPO_REUSE_REPODATA | solv.Repo.REPO_NO_INTERNALIZE)
        if package is None:
            raise RuntimeError("libsolv cannot read an RPM: " + situation.pool.errstr)
        situation.origin[package.id] = "pending"
        packages.append(package)
    repo.internalize()
    return Update(described["name"], packages)


def needs_filelists(situation):
    """Whether a dependency names a file that a repository's primary metadata does not list."""
    for repo in (situation.live, situation.pending):
        for package in repo.solvables_iter():
            for key in (solv.SOLVABLE_REQUIRES, solv.SOLVABLE_CONFLICTS):
                for dependency in package.lookup_deparray(key):
                    path = dependency.str()
                    if path.startswith("/") and not is_in_primary(path):
                        return True
    return False


def is_in_primary(path):
    """createrepo's rule (createrepo_c src/misc.c, cr_is_primary)."""
    return path.startswith("/etc/") or "bin/" in path or path == "/usr/lib/sendmail"
