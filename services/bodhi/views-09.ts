/** bodhi 0.9's JSON (fedora-infra/bodhi 0.8.3, bodhi/model.py, __json__). */
import type { Comment, Release, Update } from "../world/bodhi-tables";
import { parseNvr } from "../world/nvr";
import { toBodhiTime } from "../world/time";
import type { World } from "../world/world";
import { karmaOf, stableKarma, unstableKarma } from "./rules/karma";
import { titleOf } from "./rules/mail";

export function releaseView(release: Release): object {
  return {
    name: release.name,
    long_name: release.longName,
    id_prefix: release.idPrefix,
    dist_tag: release.distTag,
    locked: release.state === "pending",
  };
}

function commentView(comment: Comment): object {
  return {
    author: comment.author,
    group: comment.group,
    text: comment.text,
    anonymous: false,
    karma: comment.karma,
    timestamp: toBodhiTime(comment.at),
  };
}

function buildView(world: World, nvr: string, update: Update): object {
  const build = world.buildsByNvr.get(nvr);
  return {
    nvr,
    package: {
      name: build?.package.name ?? parseNvr(nvr).name,
      suggest_reboot: update.suggest === "reboot",
      committers: build === undefined ? [] : [build.owner.name],
    },
  };
}

function time(at: number | null): string | null {
  return at === null ? null : toBodhiTime(at);
}

/** bodhi 0.9 gave an update its id when it was first pushed; before, clients know it by its title. */
export function updateView(world: World, update: Update): object {
  return {
    title: titleOf(update),
    builds: update.builds.map((nvr) => buildView(world, nvr, update)),
    date_submitted: toBodhiTime(update.submittedAt),
    date_modified: time(update.modifiedAt),
    date_pushed: time(update.pushedAt),
    submitter: update.submitter,
    updateid: update.alias,
    type: update.type,
    bugs: update.bugs.map((bug) => ({ bz_id: bug.id, title: bug.title, security: bug.security, parent: false })),
    release: releaseView(update.release),
    status: update.status === "unpushed" ? "pending" : update.status,
    notes: update.notes,
    request: update.request,
    comments: [...update.comments].sort((a, b) => a.at - b.at || a.id - b.id).map(commentView),
    karma: karmaOf(update),
    stable_karma: stableKarma(update),
    unstable_karma: unstableKarma(update),
    close_bugs: update.closeBugs,
    nagged: null,
    approved: time(update.approvedAt),
    critpath: update.critpath,
    critpath_approved: update.critpath && karmaOf(update) >= 2,
  };
}
