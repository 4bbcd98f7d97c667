/**
 * Requests and what they do to an update and to its builds' tags (0.9: bodhi/model.py, set_request; since 2: models.py,
 * set_request). Since version 2 a request for testing tags builds for signing, and the signing robot moves them on to the
 * pending tag; here they are signed at once.
 */
import type { Update, UpdateRequest } from "../../world/bodhi-tables";
import { compareEvr } from "../../world/evr";
import { taggedBuilds } from "../../world/tagged";
import { SECOND } from "../../world/time";
import type { World } from "../../world/world";
import { eraOf } from "./era";
import { BodhiError } from "./errors";
import { karmaOf, stableKarma } from "./karma";
import { titleOf } from "./mail";
import { addComment, bodhiSays } from "./say";
import { addTag, hasTag, managedTags, moveTag, pendingTag, removeTag } from "./tags";

const DAY = 24 * 3600 * SECOND;
/** Days that an update must have been in testing before its submitter may request stable (0.9's and Fedora's policy). */
const MANDATORY_DAYS = 7;
const MANDATORY_DAYS_CRITPATH = 14;
/** Since version 2: the karma that does as well as those days, whatever the update's own threshold. */
export const MIN_KARMA = 2;

export function mandatoryDays(critpath: boolean): number {
  return critpath ? MANDATORY_DAYS_CRITPATH : MANDATORY_DAYS;
}

/** Since version 2; 0.9 says it in a longer sentence with a link. */
const NOT_YET_TESTED =
  'This update has not yet met the minimum testing requirements defined in the <a href="https://fedoraproject.org/wiki/Package_update_acceptance_criteria">Package Update Acceptance Criteria</a>';

function notYetTested({ release, critpath }: Update): string {
  if (eraOf(release) === "0.9") return NOT_YET_TESTED;
  const days = mandatoryDays(critpath);
  return `${NOT_YET_TESTED}: Test gating is disabled, but update has less than ${MIN_KARMA} karma and has been in testing less than ${days} days.`;
}

export function daysInTesting(world: World, update: Update): number {
  if (update.testingAt === null) return 0;
  return Math.floor(((update.stableAt ?? world.clock) - update.testingAt) / DAY);
}

export function meetsTestingRequirements(world: World, update: Update): boolean {
  if (eraOf(update.release) === "current") {
    return karmaOf(update) >= MIN_KARMA || daysInTesting(world, update) >= mandatoryDays(update.critpath);
  }
  const threshold = stableKarma(update);
  if (threshold !== 0 && karmaOf(update) >= threshold) return true;
  return daysInTesting(world, update) >= MANDATORY_DAYS;
}

/** Takes an update out of testing, back to being a candidate. */
function unpush(world: World, update: Update): void {
  const { release, builds } = update;
  moveTag(world, builds, release.testingTag, release.candidateTag);
  const untagged = builds.filter(
    (nvr) => !hasTag(world, nvr, release.candidateTag) && !hasTag(world, nvr, release.stableTag),
  );
  addTag(world, untagged, release.candidateTag);
  update.pushed = false;
}

function leavePending(world: World, update: Update): void {
  const pending = pendingTag(update);
  if (pending !== null) removeTag(world, update.builds, pending);
  if (update.request === "testing") removeTag(world, update.builds, update.release.pendingSigningTag);
}

/** @param message bodhi's comment, where it is not the usual one. */
export function obsolete(world: World, update: Update, message: string | null): void {
  const old = eraOf(update.release) === "0.9";
  const tags = managedTags(update.release);
  if (update.status === "pending" && old) leavePending(world, update);
  else for (const tag of tags) removeTag(world, update.builds, tag);
  if (!old) removeTag(world, update.builds, update.release.candidateTag);
  update.pushed = false;
  update.status = "obsolete";
  update.request = null;
  bodhiSays(world, update, message ?? (old ? "This update has been obsoleted" : "This update has been obsoleted."));
}

function revoke(world: World, update: Update, agent: string): void {
  if (update.request === null) {
    throw new BodhiError(
      eraOf(update.release) === "0.9"
        ? `${titleOf(update)} does not have a request to revoke`
        : "Can only revoke an update with an existing request",
    );
  }
  leavePending(world, update);
  const wasForTesting = update.status === "pending" && update.request === "testing";
  update.request = null;
  if (eraOf(update.release) === "0.9") {
    addComment(world, update, {
      author: agent,
      text: "revoke request revoked",
      karma: 0,
      email: false,
      origin: "bodhi",
    });
  } else if (wasForTesting) update.status = "unpushed";
}

/** 0.9 refuses to push what is older than the stable build of the package. */
function checkPath(world: World, update: Update): void {
  const tag = world.tagsByName.get(update.release.stableTag);
  if (tag === undefined) return;
  for (const nvr of update.builds) {
    const build = world.buildsByNvr.get(nvr);
    if (build === undefined) continue;
    for (const { build: old } of taggedBuilds(world, tag, { latest: true, package: build.package.name })) {
      if (compareEvr(build, old) < 0) {
        throw new BodhiError(`Broken update path: ${old.nvr} is already released, and is newer than ${nvr}`);
      }
    }
  }
}

/** A request for stable that comes too early: refused in testing, else made one for testing. */
function checkTested(world: World, update: Update): { action: UpdateRequest; note: string } {
  if (meetsTestingRequirements(world, update)) return { action: "stable", note: "" };
  const note = notYetTested(update);
  if (update.status === "testing" && eraOf(update.release) === "current") update.request = null;
  if (update.status === "testing" || update.request === "testing") throw new BodhiError(note);
  return { action: "testing", note };
}

/** @throws BodhiError with the words that bodhi shows the submitter */
export function setRequest(world: World, update: Update, request: UpdateRequest, agent: string): void {
  const old = eraOf(update.release) === "0.9";
  if (request === update.status) {
    if (old) throw new BodhiError(`${titleOf(update)} already ${request}`);
    return;
  }
  if (request === update.request) {
    if (old) throw new BodhiError(`${titleOf(update)} has already been submitted to ${request}`);
    return;
  }
  if (update.locked) throw new BodhiError("Can't change the request on a locked update");
  if (request === "unpush") unpushByRequest(world, update, agent, old);
  else if (request === "obsolete") obsolete(world, update, null);
  else if (request === "revoke") revoke(world, update, agent);
  else requestPush(world, update, request, agent);
}

function requestPush(world: World, update: Update, request: "testing" | "stable", agent: string): void {
  let action: UpdateRequest = request;
  let note = "";
  if (action === "stable") {
    if (eraOf(update.release) === "0.9") checkPath(world, update);
    else if (update.status === "pending" && update.release.state === "frozen") {
      throw new BodhiError(
        "The release of this update is frozen and the update has not yet been pushed to testing. It is currently not possible to push it to stable.",
      );
    }
    ({ action, note } = checkTested(world, update));
  }
  leavePending(world, update);
  if (update.status === "obsolete" || update.status === "unpushed") update.status = "pending";
  const untagged = update.builds.filter((nvr) => !hasTag(world, nvr, update.release.candidateTag));
  if (update.status === "pending" && untagged.length > 0) addTag(world, untagged, update.release.candidateTag);
  update.request = action;
  if (eraOf(update.release) === "0.9") update.pushed = false;
  addTag(world, update.builds, pendingTag(update) as string);
  bodhiSays(
    world,
    update,
    `This update has been submitted for ${action} by ${agent}. ${note === "" ? "" : `${note}.`}`,
  );
}

function unpushByRequest(world: World, update: Update, agent: string, old: boolean): void {
  if (!old && update.status === "unpushed") return;
  if (!old && update.status !== "testing") throw new BodhiError(`Can't unpush a ${update.status} update`);
  leavePending(world, update);
  unpush(world, update);
  update.status = old ? "pending" : "unpushed";
  update.request = null;
  const text = old ? "This update has been unpushed" : "This update has been unpushed.";
  addComment(world, update, { author: agent, text, karma: 0, email: false, origin: "bodhi" });
}

/** Brings an update whose builds changed back to pending. */
export function backToPending(world: World, update: Update): void {
  if (update.status === "testing") unpush(world, update);
  update.status = "pending";
  update.testingAt = null;
}
