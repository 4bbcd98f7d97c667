/** Editing an update: changed builds bring it back to pending and its pending tags follow (0.9: save; since 2: Update.edit). */
import type { Update } from "../../world/bodhi-tables";
import { indexBuild } from "../../world/load-updates";
import type { World } from "../../world/world";
import { bugOf } from "./bugs";
import { eraOf } from "./era";
import { BodhiError } from "./errors";
import { sendMail } from "./mail";
import { backToPending, setRequest } from "./request";
import { bodhiSays } from "./say";
import { addTag, hasTag, managedTags, pendingTag, removeTag } from "./tags";

type Settings = Pick<
  Update,
  | "notes"
  | "type"
  | "severity"
  | "suggest"
  | "displayName"
  | "autokarma"
  | "autotime"
  | "stableKarma"
  | "unstableKarma"
  | "stableDays"
  | "requireBugs"
  | "requireTestcases"
  | "closeBugs"
>;

export interface Edit extends Partial<{ [Name in keyof Settings]: Settings[Name] | undefined }> {
  builds?: readonly string[] | undefined;
  bugs?: readonly number[] | undefined;
}

function describe(update: Update, agent: string, added: readonly string[], removed: readonly string[]): string {
  if (eraOf(update.release) === "0.9") {
    const news = added.length > 0 ? `New build(s): ${added.join(", ")}. ` : "";
    const gone = removed.length > 0 ? `Removed build(s): ${removed.join(", ")}.` : "";
    return `${agent} has edited this update. ${news}${gone}`;
  }
  const list = (title: string, builds: readonly string[]): string =>
    builds.length === 0 ? "" : `\n\n${title}:\n${builds.map((nvr) => `\n- ${nvr}`).join("")}`;
  const reset = added.length + removed.length > 0 ? "\n\nKarma has been reset." : "";
  return `${agent} edited this update.${list("New build(s)", added)}${list("Removed build(s)", removed)}${reset}`;
}

/** @returns what bodhi says of it. @throws BodhiError */
export function editUpdate(world: World, update: Update, edit: Edit, agent: string): string {
  if (update.status === "stable") {
    throw new BodhiError("Cannot edit stable updates.  Contact release engineering about unpushing this update.");
  }
  const builds = edit.builds ?? update.builds;
  for (const nvr of builds) if (!world.buildsByNvr.has(nvr)) throw new BodhiError(`Invalid build: ${nvr}`);
  const added = builds.filter((nvr) => !update.builds.includes(nvr));
  const removed = update.builds.filter((nvr) => !builds.includes(nvr));
  const { builds: _, bugs, ...settings } = edit;
  const text = describe(update, agent, added, removed);
  if (added.length + removed.length > 0) changeBuilds(world, update, builds, added, removed, agent, text);
  else if (eraOf(update.release) === "current") bodhiSays(world, update, text);
  if (bugs !== undefined) update.bugs = bugs.map((id) => bugOf(world, id));
  Object.assign(update, Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)));
  update.modifiedAt = world.clock;
  sendMail(world, [update.submitter], "edited", update, agent);
  return text;
}

function changeBuilds(
  world: World,
  update: Update,
  builds: readonly string[],
  added: readonly string[],
  removed: readonly string[],
  agent: string,
  text: string,
): void {
  const { release } = update;
  for (const tag of managedTags(release)) removeTag(world, removed, tag);
  addTag(
    world,
    removed.filter((nvr) => !hasTag(world, nvr, release.candidateTag)),
    release.candidateTag,
  );
  update.builds = [...builds];
  for (const nvr of removed) {
    const rest = (world.bodhi.updatesByBuild.get(nvr) ?? []).filter((each) => each !== update);
    if (rest.length === 0) world.bodhi.updatesByBuild.delete(nvr);
    else world.bodhi.updatesByBuild.set(nvr, rest);
  }
  for (const nvr of added) indexBuild(world, update, nvr);
  bodhiSays(world, update, text);
  const pending = pendingTag(update);
  backToPending(world, update);
  addTag(
    world,
    added.filter((nvr) => !hasTag(world, nvr, release.candidateTag)),
    release.candidateTag,
  );
  if (pending !== null) addTag(world, added, pending);
  else setRequest(world, update, "testing", agent);
}
