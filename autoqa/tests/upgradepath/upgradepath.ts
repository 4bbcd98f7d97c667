/** upgradepath: each build of the updates that wait for stable, against what all releases have. */
import { Bodhi } from "../../bodhi/client";
import type { Release } from "../../bodhi/types";
import { DownloadError } from "../../koji/files";
import { type CallResult, KojiHub, keywords } from "../../koji/hub";
import { type Build, parseTaggedBuilds } from "../../koji/types";
import { merge, type Outcome } from "../../outcomes";
import type { TestFunction, TestResult } from "../run";
import { outcomeOf, reportLines } from "./report";
import { type Candidate, compareWithReleases, type ReleasePackages } from "./rules";

/** Releases in these states have users, or will have. */
const liveStates = ["pending", "frozen", "current"];

export const upgradepath: TestFunction = async ({ event, endpoints, log }) => {
  if (event.event !== "post-bodhi-update-batch") throw new Error(`upgradepath is not meant for ${event.event}`);
  const hub = new KojiHub(endpoints.kojiHubUrl);
  const releases = comparable(await new Bodhi(endpoints.bodhiUrl).releases(), event.release.name);
  const results: TestResult[] = [];
  for (const update of event.updates) {
    const outcomes: Outcome[] = [];
    for (const nvr of update.builds) {
      const build = await hub.getBuild(nvr);
      if (build === undefined) throw new DownloadError(`koji knows no build ${nvr}`);
      const packages = await packagesOf(hub, build.name, releases);
      const target = packages.find(({ name }) => name === event.release.name);
      if (target === undefined) throw new Error(`bodhi has no release ${event.release.name} any more`);
      const comparisons = compareWithReleases(candidate(build), target, packages);
      for (const line of reportLines(nvr, event.release.stableTag, comparisons)) log(line);
      outcomes.push(outcomeOf(comparisons));
    }
    const outcome = merge(outcomes);
    const note = `${update.builds.length} builds into ${event.release.stableTag}`;
    results.push({ item: update.name, type: "bodhi_update", outcome, note, builds: update.builds });
  }
  return results;
};

/** The releases of the same distribution, in the order in which users upgrade. */
export function comparable(releases: readonly Release[], name: string): Release[] {
  const idPrefix = releases.find((release) => release.name === name)?.id_prefix;
  const same = releases.filter(({ state, id_prefix }) => liveStates.includes(state) && id_prefix === idPrefix);
  return same.sort((a, b) => order(a) - order(b) || (a.name < b.name ? -1 : 1));
}

/** A version that is no number is rawhide's: after all others. */
function order({ version }: Release): number {
  const number = Number(version);
  return Number.isNaN(number) ? Number.MAX_VALUE : number;
}

/** What every release has of a package, asked in one request. */
async function packagesOf(hub: KojiHub, name: string, releases: readonly Release[]): Promise<ReleasePackages[]> {
  const tags = releases.flatMap(({ dist_tag, stable_tag, pending_stable_tag }) => [
    dist_tag,
    stable_tag,
    pending_stable_tag,
  ]);
  const options = keywords({ package: name, latest: true });
  const answers = await hub.multiCall(tags.map((tag) => ({ method: "listTagged", parameters: [tag, options] })));
  const latest = answers.map(latestOf);
  return releases.map((release, i) => ({
    name: release.name,
    mainTag: release.dist_tag,
    updatesTag: release.stable_tag,
    pendingTag: release.pending_stable_tag,
    main: latest[3 * i],
    updates: latest[3 * i + 1],
    pending: latest[3 * i + 2],
  }));
}

/** koji.GenericError's code, and what listTagged says of a tag that it does not know: since koji 1.25, and before. */
const genericError = 1000;
const unknownTag = /^(No such|Invalid) tagInfo: |^No such entry in table tag: /;

/** There is nothing in a tag that koji does not know. @throws XmlRpcFault if koji could not answer */
function latestOf(answer: CallResult): Candidate | undefined {
  if ("fault" in answer) {
    const { fault } = answer;
    if (fault.code === genericError && unknownTag.test(fault.message)) return undefined;
    throw fault;
  }
  const [first] = parseTaggedBuilds(answer.value);
  return first && candidate(first);
}

function candidate({ nvr, epoch, version, release }: Build): Candidate {
  return { nvr, epoch, version, release };
}
