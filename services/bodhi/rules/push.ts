/** What the masher does: moves requested updates' builds, ends the requests, says so. */
import type { Release, Update } from "../../world/bodhi-tables";
import type { World } from "../../world/world";
import { eraOf } from "./era";
import { sendMail } from "./mail";
import { bodhiSays } from "./say";
import { addTag, hasTag, removeTag } from "./tags";

/**
 * Pushes every update of those releases that is requested.
 * @returns the updates pushed, in order of submission
 */
export function push(world: World, request: "testing" | "stable", releases: readonly Release[]): Update[] {
  const pushed = world.bodhi.updates.filter(
    (update) => update.request === request && !update.locked && releases.includes(update.release),
  );
  for (const update of pushed) pushOne(world, update, request);
  return pushed;
}

function pushOne(world: World, update: Update, request: "testing" | "stable"): void {
  const { release, builds } = update;
  const to = request === "testing" ? release.testingTag : release.stableTag;
  const pending = request === "testing" ? release.pendingTestingTag : release.pendingStableTag;
  for (const from of [release.candidateTag, release.testingTag]) {
    if (from === to) continue;
    removeTag(
      world,
      builds.filter((nvr) => hasTag(world, nvr, from)),
      from,
    );
  }
  addTag(
    world,
    builds.filter((nvr) => !hasTag(world, nvr, to)),
    to,
  );
  for (const tag of [pending, release.pendingSigningTag]) removeTag(world, builds, tag);
  update.status = request;
  update.request = null;
  update.pushed = true;
  update.pushedAt = world.clock;
  if (request === "testing") update.testingAt = world.clock;
  else update.stableAt = world.clock;
  const dot = eraOf(release) === "0.9" ? "" : ".";
  bodhiSays(world, update, `This update has been pushed to ${request}${dot}`);
  sendMail(world, [update.submitter], "pushed", update, "bodhi");
}
