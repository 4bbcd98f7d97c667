/** New updates, and the older ones that they make obsolete (0.9: bodhi/controllers.py, save; since 2: models.py, Update.new and obsolete_older_updates). */
import { createHash } from "node:crypto";
import type { Release, Severity, Update, UpdateType } from "../../world/bodhi-tables";
import { compareEvr } from "../../world/evr";
import { addUpdate, UPDATE_DEFAULTS } from "../../world/load-updates";
import type { Build } from "../../world/tables";
import { toIso } from "../../world/time";
import type { World } from "../../world/world";
import { bugOf } from "./bugs";
import { eraOf } from "./era";
import { BodhiError } from "./errors";
import { sendMail } from "./mail";
import { obsolete, setRequest } from "./request";
import { bodhiSays } from "./say";
import { hasTag } from "./tags";

export interface NewUpdate
  extends Partial<Pick<Update, "autotime" | "requireBugs" | "requireTestcases" | "stableDays" | "suggest">> {
  builds: readonly string[];
  submitter: string;
  notes: string;
  type: UpdateType;
  severity: Severity;
  bugs: readonly number[];
  autokarma: boolean;
  stableKarma: number;
  unstableKarma: number;
  closeBugs: boolean;
  request: "testing" | "stable" | null;
  displayName: string;
}

/** The release whose candidates these builds are. @throws BodhiError */
function releaseOf(world: World, nvr: string): Release {
  if (!world.buildsByNvr.has(nvr)) throw new BodhiError(`Invalid build: ${nvr}`);
  const release = world.bodhi.releases.find(({ candidateTag }) => hasTag(world, nvr, candidateTag));
  if (release === undefined) throw new BodhiError(`${nvr} not tagged as an update candidate`);
  return release;
}

/** An alias that follows from the world; the real one has random digits, and until 2 counted. */
function newAlias(world: World, release: Release, builds: readonly string[]): string {
  const year = toIso(world.clock).slice(0, 4);
  const { length } = world.bodhi.updates;
  if (eraOf(release) === "0.9") return `${release.idPrefix}-${year}-${String(length + 1).padStart(4, "0")}`;
  const digest = createHash("sha256")
    .update(`${length} ${builds.join(" ")}`)
    .digest("hex");
  return `${release.idPrefix}-${year}-${digest.slice(0, 10)}`;
}

/**
 * Makes an update for each release that the builds are candidates of.
 * @throws BodhiError when a build cannot be in a new update; nothing is made then
 */
export function createUpdates(world: World, given: NewUpdate): Update[] {
  if (given.builds.length === 0) throw new BodhiError("You may not specify an empty list of builds.");
  const byRelease = new Map<Release, string[]>();
  for (const nvr of new Set(given.builds)) {
    const release = releaseOf(world, nvr);
    const other = world.bodhi.updatesByBuild.get(nvr)?.at(-1);
    if (other !== undefined) throw new BodhiError(`Update for ${nvr} already exists`);
    const builds = byRelease.get(release);
    if (builds === undefined) byRelease.set(release, [nvr]);
    else builds.push(nvr);
  }
  return [...byRelease].map(([release, builds]) => createUpdate(world, release, builds, given));
}

function createUpdate(world: World, release: Release, builds: readonly string[], given: NewUpdate): Update {
  const { request, bugs, ...fields } = given;
  const update: Update = {
    ...UPDATE_DEFAULTS,
    ...fields,
    id: world.bodhi.updates.length + 1,
    alias: newAlias(world, release, builds),
    builds: [...builds],
    release,
    status: "pending",
    request: null,
    submittedAt: world.clock,
    modifiedAt: null,
    pushedAt: null,
    testingAt: null,
    stableAt: null,
    approvedAt: null,
    critpath: false,
    pushed: false,
    bugs: bugs.map((id) => bugOf(world, id)),
    comments: [],
  };
  addUpdate(world, update);
  if (eraOf(release) === "0.9") {
    obsoleteOlder(world, update);
    sendMail(world, [given.submitter], "new", update, given.submitter);
  }
  if (request !== null) setRequest(world, update, request, given.submitter);
  if (eraOf(release) === "current") obsoleteOlder(world, update);
  return update;
}

/** Whether the older update's packages are all in the newer one. */
function replaces(world: World, update: Update, old: Update): boolean {
  const packages = new Set(update.builds.map((nvr) => world.buildsByNvr.get(nvr)?.package.name));
  return old.builds.every((nvr) => packages.has(world.buildsByNvr.get(nvr)?.package.name));
}

function isObsoletable(update: Update, old: Update): boolean {
  if (old === update || old.locked || old.release !== update.release) return false;
  if (old.status !== "pending" && old.status !== "testing") return false;
  if (eraOf(update.release) === "0.9") return old.request === null && old.builds.length === update.builds.length;
  return old.request !== "stable" || update.request === "stable";
}

/** Obsoletes unpushed updates of the same release that this one's newer builds replace; it inherits their bugs and notes. */
export function obsoleteOlder(world: World, update: Update): void {
  for (const nvr of update.builds) {
    const build = world.buildsByNvr.get(nvr) as Build;
    for (const other of world.buildsByPackage.get(build.package.id) ?? []) {
      if (other === build || compareEvr(other, build) >= 0) continue;
      for (const old of world.bodhi.updatesByBuild.get(other.nvr) ?? []) {
        if (isObsoletable(update, old) && replaces(world, update, old))
          replaceUpdate(world, update, old, nvr, other.nvr);
      }
    }
  }
}

function replaceUpdate(world: World, update: Update, old: Update, nvr: string, oldNvr: string): void {
  update.bugs.push(...old.bugs.filter(({ id }) => !update.bugs.some((bug) => bug.id === id)));
  if (eraOf(update.release) === "0.9") {
    update.notes += `\n${old.notes}`;
    obsolete(world, old, `This update has been obsoleted by https://admin.fedoraproject.org/updates/${nvr}`);
    return;
  }
  update.notes += `\n\n----\n\n${old.notes}`;
  const link = (alias: string): string => `https://bodhi.fedoraproject.org/updates/${alias}`;
  obsolete(world, old, `This update has been obsoleted by [${nvr}](${link(update.alias)}).`);
  bodhiSays(
    world,
    update,
    `This update has obsoleted [${oldNvr}](${link(old.alias)}), and has inherited its bugs and notes.`,
  );
}
