/** bodhi's part of a situation. The tags of an update's builds are the situation's own: nothing is tagged here. */
import type { Situation } from "../../scenarios/format/situation";
import type { Release, Update } from "./bodhi-tables";
import { fromIso, type Micros } from "./time";
import type { World } from "./world";

/** bodhi's defaults for what a situation does not say (bodhi-server models.py, Update). */
export const UPDATE_DEFAULTS = {
  autotime: false,
  stableDays: 7,
  closeBugs: true,
  requireBugs: false,
  requireTestcases: false,
  suggest: "unspecified",
  locked: false,
} as const;

export function loadUpdates(world: World, situation: Situation): void {
  const { bodhi } = world;
  for (const entry of situation.updates) {
    const submittedAt = entry.submittedAt === undefined ? world.clock : fromIso(entry.submittedAt);
    const at = (instant: string | undefined): Micros | null => (instant === undefined ? null : fromIso(instant));
    const pushed = entry.status === "testing" || entry.status === "stable";
    const update: Update = {
      ...UPDATE_DEFAULTS,
      id: bodhi.updates.length + 1,
      alias: entry.alias,
      builds: [...entry.builds],
      release: bodhi.releases.find((release) => release.name === entry.release) as Release,
      type: entry.type,
      severity: entry.severity,
      status: entry.status,
      request: entry.request,
      submitter: entry.submitter,
      submittedAt,
      modifiedAt: at(entry.modifiedAt),
      pushedAt: at(entry.stableAt) ?? at(entry.testingAt) ?? (pushed ? submittedAt : null),
      testingAt: at(entry.testingAt) ?? (pushed ? submittedAt : null),
      stableAt: at(entry.stableAt) ?? (entry.status === "stable" ? submittedAt : null),
      approvedAt: null,
      notes: entry.notes,
      displayName: "",
      critpath: entry.critpath,
      autokarma: entry.autokarma,
      stableKarma: entry.stableKarma,
      unstableKarma: entry.unstableKarma,
      pushed,
      bugs: entry.bugs.map((bug) => ({ ...bug })),
      comments: [],
    };
    world.user(entry.submitter);
    addUpdate(world, update);
    for (const comment of entry.comments) {
      const row = {
        id: bodhi.comments.length + 1,
        update,
        author: world.user(comment.author).name,
        group: null,
        text: comment.text,
        karma: comment.karma,
        karmaCritpath: 0,
        email: true,
        at: fromIso(comment.at),
        origin: "situation" as const,
        bugFeedback: [],
      };
      bodhi.comments.push(row);
      update.comments.push(row);
    }
    update.comments.sort((a, b) => a.at - b.at || a.id - b.id);
  }
}

/** Enters an update in every index. */
export function addUpdate(world: World, update: Update): void {
  const { bodhi } = world;
  bodhi.updates.push(update);
  bodhi.updatesByAlias.set(update.alias, update);
  for (const nvr of update.builds) indexBuild(world, update, nvr);
}

export function indexBuild(world: World, update: Update, nvr: string): void {
  const { updatesByBuild } = world.bodhi;
  const updates = updatesByBuild.get(nvr);
  if (updates === undefined) updatesByBuild.set(nvr, [update]);
  else if (!updates.includes(update)) updates.push(update);
}
