"""Of updates' 32-bit packages, the ones that mash would put into the 64-bit repository beside their 64-bit twins."""

import collections

import solv

LIBRARY_DIRECTORIES = {"/lib", "/usr/lib"}


def choose_multilib(situation):
    """Takes the others out of the updates. Chosen is what was in the repository before, libraries, and what these need."""
    updates = situation.accepted + situation.updates
    packages = [package for update in updates for package in update.packages]
    foreign = [package for package in packages if situation.is_foreign(package)]
    if not foreign:
        return
    ids = {package.id for package in packages}
    published = [package for package in situation.live.solvables_iter() if package.id not in ids]
    native = [package for package in packages if not situation.is_foreign(package)]
    published_names = {package.name for package in published if situation.is_foreign(package)}
    native_names = {package.name for package in published + native if not situation.is_foreign(package)}

    chosen = [
        package
        for package in foreign
        if package.name in published_names or (package.name in native_names and is_library(package))
    ]
    offered = set()
    for package in published + native + chosen:
        offered |= names(package, solv.SOLVABLE_PROVIDES)
    providers = collections.defaultdict(list)
    for package in foreign:
        for name in names(package, solv.SOLVABLE_PROVIDES):
            providers[name].append(package)
    for package in chosen:
        for name in sorted(names(package, solv.SOLVABLE_REQUIRES)):
            if name not in offered and providers[name]:
                offered |= names(providers[name][0], solv.SOLVABLE_PROVIDES)
                chosen.append(providers[name][0])

    chosen_ids = {package.id for package in native + chosen}
    for update in updates:
        update.packages = [package for package in update.packages if package.id in chosen_ids]


def names(package, relation):
    return {dependency.str().split(" ")[0] for dependency in package.lookup_deparray(relation, -1)}


def is_library(package):
    if package.name.endswith(("-devel", "-static")):
        return True
    flags = solv.Dataiterator.SEARCH_FILES | solv.Dataiterator.SEARCH_COMPLETE_FILELIST
    for entry in package.Dataiterator(solv.SOLVABLE_FILELIST, None, flags):
        directory, _, name = entry.str.rpartition("/")
        if directory in LIBRARY_DIRECTORIES and (name.endswith(".so") or ".so." in name):
            return True
    return False
