/** The current bodhi's JSON (fedora-infra/bodhi bodhi-server/bodhi/server/models.py, __json__; bodhi-client tests/fixtures.py). */
import { createHash } from "node:crypto";
import type { Comment, Release, Update } from "../world/bodhi-tables";
import { toBodhiTime } from "../world/time";
import type { World } from "../world/world";
import { karmaOf } from "./rules/karma";
import { MIN_KARMA, mandatoryDays, meetsTestingRequirements } from "./rules/request";

export function releaseView(release: Release): Record<string, unknown> {
  return {
    name: release.name,
    long_name: release.longName,
    version: release.version,
    id_prefix: release.idPrefix,
    branch: release.branch,
    dist_tag: release.distTag,
    stable_tag: release.stableTag,
    testing_tag: release.testingTag,
    candidate_tag: release.candidateTag,
    pending_signing_tag: release.pendingSigningTag,
    pending_testing_tag: release.pendingTestingTag,
    pending_stable_tag: release.pendingStableTag,
    override_tag: release.overrideTag,
    mail_template: "fedora_errata_template",
    state: release.state,
    composed_by_bodhi: true,
    create_automatic_updates: false,
    package_manager: release.distTag.startsWith("dist-") ? "unspecified" : "dnf",
    testing_repository: release.distTag.startsWith("dist-") ? null : "updates-testing",
    released_on: null,
    eol: null,
    setting_status: null,
    min_karma: MIN_KARMA,
    mandatory_days_in_testing: mandatoryDays(false),
    critpath_min_karma: MIN_KARMA,
    critpath_mandatory_days_in_testing: mandatoryDays(true),
  };
}

export function userView(world: World, name: string): Record<string, unknown> {
  const user = world.usersByName.get(name);
  return {
    id: user?.id ?? 0,
    name,
    email: user?.email ?? null,
    avatar: null,
    openid: `${name}.id.fedoraproject.org`,
    groups: (user?.groups ?? []).map((group) => ({ name: group })),
  };
}

export function buildView(world: World, nvr: string, release: Release): Record<string, unknown> {
  const build = world.buildsByNvr.get(nvr);
  return { nvr, signed: true, type: "rpm", epoch: build?.epoch ?? 0, release_id: release.id };
}

function time(at: number | null): string | null {
  return at === null ? null : toBodhiTime(at);
}

export function titleShown(update: Update): string {
  return update.displayName || update.builds.join(" ");
}

/** A digest of the builds and the release, by which clients notice a changed update. */
function versionHash(update: Update): string {
  return createHash("sha1")
    .update(`${[...update.builds].sort().join(" ")}${update.status}`)
    .digest("hex");
}

function updateFields(world: World, update: Update): Record<string, unknown> {
  return {
    autokarma: update.autokarma,
    autotime: update.autotime,
    stable_karma: update.stableKarma,
    stable_days: update.stableDays,
    unstable_karma: update.unstableKarma,
    require_bugs: update.requireBugs,
    require_testcases: update.requireTestcases,
    display_name: update.displayName,
    notes: update.notes,
    type: update.type,
    status: update.status,
    request: update.request,
    severity: update.severity,
    suggest: update.suggest,
    locked: update.locked,
    pushed: update.pushed,
    critpath: update.critpath,
    critpath_groups: update.critpath ? "core" : null,
    close_bugs: update.closeBugs,
    date_submitted: toBodhiTime(update.submittedAt),
    date_modified: time(update.modifiedAt),
    date_approved: time(update.approvedAt),
    date_pushed: time(update.pushedAt),
    date_testing: time(update.testingAt),
    date_stable: time(update.stableAt),
    alias: update.alias,
    test_gating_status: null,
    from_tag: null,
    meets_testing_requirements: meetsTestingRequirements(world, update),
    url: `/updates/${update.alias}`,
    title: titleShown(update),
    version_hash: versionHash(update),
    release: releaseView(update.release),
    bugs: update.bugs.map((bug) => ({
      bug_id: bug.id,
      title: bug.title === "" ? null : bug.title,
      security: bug.security,
      parent: false,
      feedback: [],
    })),
    user: userView(world, update.submitter),
    karma: karmaOf(update),
  };
}

/** Adds what the request makes absolute. */
export interface ViewOptions {
  /** Where clients reach this server, without a slash at the end. */
  readonly base: string;
}

export function updateView(world: World, update: Update, { base }: ViewOptions): Record<string, unknown> {
  return {
    ...updateFields(world, update),
    url: `${base}/updates/${update.alias}`,
    updateid: update.alias,
    builds: [...update.builds].sort().map((nvr) => buildView(world, nvr, update.release)),
    comments: [...update.comments]
      .sort((a, b) => a.at - b.at || a.id - b.id)
      .map((comment) => commentCore(world, comment)),
    content_type: "rpm",
    test_cases: [],
  };
}

function commentCore(world: World, comment: Comment): Record<string, unknown> {
  return {
    id: comment.id,
    karma: comment.karma,
    karma_critpath: comment.karmaCritpath,
    text: comment.text,
    timestamp: toBodhiTime(comment.at),
    update_id: comment.update.id,
    user_id: world.usersByName.get(comment.author)?.id ?? 0,
    bug_feedback: comment.bugFeedback.map(({ bug, karma }) => ({
      karma,
      comment_id: comment.id,
      bug_id: bug,
    })),
    testcase_feedback: [],
    user: userView(world, comment.author),
  };
}

/** A comment on its own tells its update too, without that update's comments. */
export function commentView(world: World, comment: Comment, options: ViewOptions): Record<string, unknown> {
  const { update } = comment;
  return {
    ...commentCore(world, comment),
    update: {
      ...updateFields(world, update),
      url: `${options.base}/updates/${update.alias}`,
      builds: [...update.builds].sort().map((nvr) => buildView(world, nvr, update.release)),
    },
    author: comment.author,
    update_alias: update.alias,
  };
}
