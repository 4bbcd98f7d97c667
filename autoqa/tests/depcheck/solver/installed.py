"""What counts as installed: all that is live, the newest of each package, as AutoQA made yum believe."""

import solv

from situation import obsoleted


def install_live(situation):
    """Makes live packages the pool's installed ones; returns them, and the live ones that are not among them."""
    installed = newest_of_live(situation)
    forgive_old_conflicts(situation, installed)
    # A shadow shares its original's data, so no live package may be changed from here on.
    shadow = situation.live.createshadow("installed")
    shadow.moveshadow([package.id for package in installed])
    situation.pool.installed = shadow
    ids = {package.id for package in installed}
    return installed, [package for package in situation.live.solvables_iter() if package.id not in ids]


def newest_of_live(situation):
    """Without what is replaced or obsoleted by others of them, and without 32-bit packages that nobody chose."""
    accepted = {package.id for update in situation.accepted for package in update.packages}
    newest = {}
    for package in situation.live.solvables_iter():
        if situation.origin[package.id] == "pending" and package.id not in accepted:
            continue
        for place in situation.places(package):
            if place not in newest or package.evrcmp(newest[place]) > 0:
                newest[place] = package
    chosen = [package for place, package in newest.items() if place == situation.main_place(package)]
    gone = {other.id for _, other in obsoleted(chosen, chosen)}
    return [package for package in chosen if package.id not in gone]


def forgive_old_conflicts(situation, installed):
    """Packages that conflicted before are simply not installed together: their conflicts are taken away."""
    pool = situation.pool
    ids = {package.id for package in installed}
    old = set()

    def is_old(package, dependency):
        hit = [other for other in pool.whatprovides(dependency) if other.id in ids and other.id != package.id]
        old.update(frozenset((package.name, other.name)) for other in hit)
        return bool(hit)

    def continues_old(package, dependency):
        return any(frozenset((package.name, other.name)) in old for other in pool.whatprovides(dependency))

    for package in installed:
        remove_conflicts(package, is_old)
    for update in situation.updates:
        for package in update.packages:
            remove_conflicts(package, continues_old)


def remove_conflicts(package, condition):
    conflicts = package.lookup_deparray(solv.SOLVABLE_CONFLICTS)
    kept = [dependency for dependency in conflicts if not condition(package, dependency)]
    if len(kept) < len(conflicts):
        package.unset(solv.SOLVABLE_CONFLICTS)
        for dependency in kept:
            package.add_deparray(solv.SOLVABLE_CONFLICTS, dependency)
