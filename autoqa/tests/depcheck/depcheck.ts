/**
 * depcheck ([W] AutoQA_tests/Depcheck): the whole pending set against what is stable and what was accepted before, on
 * one architecture. An update that breaks anything of that is rejected, and judged anew when the set changes.
 */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { Bodhi } from "../../bodhi/client";
import { isAccepted } from "../../bodhi/own-comments";
import { updateName } from "../../bodhi/types";
import type { PendingUpdate, PostBodhiUpdateBatch } from "../../events/events";
import { fetchBuildRpms, isDebug, NoRpmsError } from "../../koji/build-rpms";
import { KojiHub } from "../../koji/hub";
import type { Rpm } from "../../koji/types";
import type { Endpoints, TestFunction, TestResult } from "../run";
import { fetchRepository } from "./repository";
import { type SolverUpdate, solve } from "./solve";

const arches32 = ["i386", "i486", "i586", "i686"];
/** Which of a build's RPMs may come into an architecture's repository; 32-bit libraries come into the 64-bit one too. */
const compatible: Record<string, string[]> = {
  i386: [...arches32, "noarch"],
  x86_64: ["x86_64", "noarch", ...arches32],
};

export const depcheck: TestFunction = async ({ event, arch, endpoints, directory, log }) => {
  if (event.event !== "post-bodhi-update-batch") throw new Error(`depcheck is not meant for ${event.event}`);
  const { reposUrl } = endpoints;
  if (reposUrl === undefined) throw new Error("depcheck needs the distribution's repositories");
  const names = repositoryNames(event);
  const accepted = await acceptedUpdates(event, arch, endpoints);
  log(`depcheck of ${event.tag} on ${arch}, against ${names.join(", ")}`);
  for (const { name, builds } of accepted) log(`accepted before: ${name} (${builds.join(", ")})`);
  const candidates = event.updates.filter((update) => !accepted.includes(update));
  if (candidates.length === 0) {
    log("There is no other pending update: nothing to judge.");
    return [];
  }

  const repositories = [];
  for (const name of names) repositories.push(await fetchRepository(reposUrl, name, arch, directory));
  const fetched = new Map<PendingUpdate, SolverUpdate | NoRpmsError>();
  for (const update of event.updates) fetched.set(update, await fetchUpdate(update, arch, endpoints, directory));
  const of = (updates: readonly PendingUpdate[]) =>
    updates.flatMap((update) => {
      const known = fetched.get(update);
      return known === undefined || known instanceof NoRpmsError ? [] : known;
    });
  const answer = await solve({ arch, repositories, accepted: of(accepted), updates: of(candidates) }, directory);

  log(`${answer.packages} packages are live`);
  return candidates.map((update): TestResult => {
    const { name, builds } = update;
    const result = { item: name, type: "bodhi_update", builds } as const;
    const known = fetched.get(update);
    if (known instanceof NoRpmsError) {
      log(`NOT JUDGED: ${name}: ${known.message}`);
      return { ...result, outcome: "NEEDS_INSPECTION", note: known.message };
    }
    const verdict = answer.updates.find((each) => each.name === name);
    if (verdict === undefined) throw new Error(`the solver forgot ${name}`);
    log(`${verdict.accepted ? "ACCEPTED" : "REJECTED"}: ${name} (${builds.join(", ")})`);
    if (known?.rpms.length === 0) log(`None of its packages is for ${arch}: here it changes nothing.`);
    for (const reason of verdict.reasons) log(`SKIPBROKEN: ${reason}`);
    const outcome = verdict.accepted ? "PASSED" : "FAILED";
    return { ...result, outcome, note: `${event.target} push, ${arch}` };
  });
};

/** What counts as live: for a push to stable what is stable, for one to testing also what is in testing. */
export function repositoryNames({ release, target }: Pick<PostBodhiUpdateBatch, "release" | "target">): string[] {
  const { branch, distTag, stableTag } = release;
  const names = [branch];
  // A release that is not out yet takes updates straight into its main repository.
  if (stableTag !== distTag) names.push(`${branch}-updates`);
  if (target === "testing") names.push(`${branch}-updates-testing`);
  return names;
}

/** Pending updates that AutoQA has accepted on this architecture, by its own comments in bodhi. */
async function acceptedUpdates(
  event: PostBodhiUpdateBatch,
  arch: string,
  { bodhiUrl, bodhiUsername }: Endpoints,
): Promise<PendingUpdate[]> {
  const bodhi = new Bodhi(bodhiUrl);
  const known = await bodhi.updatesOfBuilds(event.updates.flatMap(({ builds }) => builds.slice(0, 1)));
  const byName = new Map([...known.values()].map((update) => [updateName(update), update]));
  return event.updates.filter(({ name }) => {
    const update = byName.get(name);
    return update !== undefined && isAccepted(update.comments, bodhiUsername, "depcheck", arch);
  });
}

/** An update's RPMs for an architecture; a build without any makes the whole update one that cannot be judged. */
async function fetchUpdate(
  { name, builds }: PendingUpdate,
  arch: string,
  { kojiHubUrl, kojiFilesUrl }: Endpoints,
  directory: string,
): Promise<SolverUpdate | NoRpmsError> {
  const hub = new KojiHub(kojiHubUrl);
  const wanted = (rpm: Rpm) => compatible[arch]?.includes(rpm.arch) === true && !isDebug(rpm);
  const rpms: string[] = [];
  for (const nvr of builds) {
    const folder = mkdtempSync(join(directory, "build-"));
    try {
      const fetched = await fetchBuildRpms(hub, kojiFilesUrl, nvr, folder, wanted);
      rpms.push(...fetched.map(({ path }) => path));
    } catch (error) {
      if (error instanceof NoRpmsError) return error;
      throw error;
    }
  }
  return { name, rpms };
}
