"""Which pending updates can be pushed so that nothing in the repositories breaks."""

from installed import install_live
from multilib import choose_multilib
from pushes import Pushes


def judge(situation):
    """
    Accepts updates so that all accepted ones can be pushed together. The older comes first: an update is accepted if there
    is a push of it and of all that were accepted before it, whatever else of the pending updates that takes. So no update
    could be accepted in addition, and of two that exclude each other the newer is at fault.

    Returns the number of installed packages, and the reasons for each update that is not accepted.
    """
    choose_multilib(situation)
    situation.pool.addfileprovides()
    situation.pool.createwhatprovides()
    installed, left_out = install_live(situation)
    pushes = Pushes(situation, left_out)
    rejected = {}

    # That a newer one will take its place excuses no update: it must be one that could be pushed without that, too.
    for update in pushes.superseded:
        found, reasons = pushes.find([update], in_place=[update])
        if found is None:
            rejected[update] = reasons
    pushes.hide(rejected)

    accepted = []
    waiting = [update for update in situation.updates if update not in rejected]
    guess = None
    while waiting:
        if guess is None:
            guess, reasons = pushes.find(accepted, wishes=waiting)
            if guess is None:
                raise RuntimeError("libsolv finds no solution for what is live: " + "; ".join(reasons))
        update = waiting.pop(0)
        if update not in guess:
            found, reasons = pushes.find(accepted + [update])
            if found is None:
                rejected[update] = reasons
                continue
            guess = None
        accepted.append(update)
    return len(installed), rejected
