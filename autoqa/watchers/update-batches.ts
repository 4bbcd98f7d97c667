/**
 * Watches the sets of updates that wait for a push, of every release and both targets: post-bodhi-update-batch. A set
 * is judged as a whole, so the event waits until a look has found nothing new: a pusher's twenty taggings are one batch.
 */
import type { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import type { Bodhi } from "../bodhi/client";
import { type Release, updateName } from "../bodhi/types";
import type { PendingUpdate, PostBodhiUpdateBatch, PushTarget } from "../events/events";
import { type KojiHub, packageOf } from "../koji/hub";
import { Batches } from "./batch-memory";
import { TagHistory } from "./tag-history";
import type { Stay } from "./tag-memory";
import { eventRelease, type Sighting, type Watcher } from "./watcher";

interface PendingTag {
  tag: string;
  target: PushTarget;
  release: Release;
}

/** koji's architectures and AutoQA's names of them; others have no test machines. */
const platforms = new Map([
  ["i686", "i386"],
  ["i386", "i386"],
  ["x86_64", "x86_64"],
]);
const allPlatforms = ["i386", "x86_64"];

/** Updates in these states wait for no push: their builds' pending tags are stale (bodhi's clean_pending_tags). */
const doneStatuses = ["stable", "obsolete", "unpushed"];

/** So many looks a set waits for bodhi to know the updates of all builds. */
const looksForUpdate = 5;

export class UpdateBatchesWatcher implements Watcher {
  readonly name = "update-batches";
  readonly #history: TagHistory;
  readonly #batches: Batches;
  /** What the last look found, so that this one can tell whether all is quiet. */
  #lastContent = "";
  /** How many looks in a row found a stay's build without an update in bodhi. */
  #strays = new Map<string, number>();

  constructor(
    database: DatabaseSync,
    readonly hub: KojiHub,
    readonly bodhi: Bodhi,
  ) {
    this.#history = new TagHistory(database, this.name);
    this.#batches = new Batches(database);
  }

  async look(releases: readonly Release[]): Promise<Sighting> {
    const tags = releases.flatMap((release): PendingTag[] => [
      { tag: release.pending_testing_tag, target: "testing", release },
      { tag: release.pending_stable_tag, target: "stable", release },
    ]);
    const { content, remember } = await this.#history.changes(
      this.hub,
      tags.map(({ tag }) => tag),
    );
    const changed = tags.filter(({ tag }) => content.has(tag) && this.#isChanged(tag, content.get(tag) ?? []));
    const now = JSON.stringify([...content].map(([tag, stays]) => [tag, signature(stays)]));
    const isQuiet = now === this.#lastContent;
    this.#lastContent = now;
    if (changed.length === 0 || !isQuiet) return { events: [], pending: changed.length > 0, remember };

    const touched = this.#touchedPackages(changed, content);
    const others = tags.filter((other) => {
      if (changed.includes(other) || other.target !== "stable") return false;
      return (content.get(other.tag) ?? []).some(({ nvr }) => touched.has(packageOf(nvr)));
    });
    const judged = tags.filter((each) => changed.includes(each) || others.includes(each));
    const sets = new Map<PendingTag, PendingUpdate[]>();
    const strays: Stay[] = [];
    for (const each of judged) {
      const { updates, withoutUpdate } = await this.#updates(content.get(each.tag) ?? []);
      sets.set(each, updates);
      strays.push(...withoutUpdate);
    }
    if (this.#mayComeYet(strays, [...content.values()].flat())) return { events: [], pending: true, remember };
    const arches = await this.#arches(releases);
    const events = new Map<PendingTag, PostBodhiUpdateBatch>();
    for (const [each, updates] of sets) {
      if (updates.length === 0) continue;
      const { tag, target, release } = each;
      events.set(each, {
        event: "post-bodhi-update-batch",
        release: eventRelease(release),
        ...{ tag, target, updates, cause: changed.includes(each) ? "changed" : "other-release" },
        arches: arches.get(release.name) ?? allPlatforms,
      });
    }
    return {
      events: [...events.values()],
      pending: false,
      remember: () => {
        remember();
        for (const each of judged)
          this.#batches.put(each.tag, signature(content.get(each.tag) ?? []), events.get(each));
      },
    };
  }

  /**
   * Whether bodhi may still come to know an update of these builds: koji and bodhi are not in step, and a tagging is
   * seen before what it was made for is. After some looks it is a tag that nobody cleaned up.
   */
  #mayComeYet(strays: readonly Stay[], content: readonly Stay[]): boolean {
    const looks = new Map(strays.map((stay) => [stayKey(stay), (this.#strays.get(stayKey(stay)) ?? 0) + 1]));
    // What is given up stays given up while it is there, so that it delays nothing that comes later.
    for (const key of content.map(stayKey)) {
      const before = this.#strays.get(key) ?? 0;
      if (before > looksForUpdate) looks.set(key, before);
    }
    this.#strays = looks;
    return strays.some((stay) => (looks.get(stayKey(stay)) ?? 0) <= looksForUpdate);
  }

  #isChanged(tag: string, stays: readonly Stay[]): boolean {
    const before = this.#batches.get(tag);
    return before === undefined ? stays.length > 0 : before !== signature(stays);
  }

  /** Names of the packages that came into or left a stable-pending tag. */
  #touchedPackages(changed: readonly PendingTag[], content: ReadonlyMap<string, Stay[]>): Set<string> {
    const touched = new Set<string>();
    for (const { tag, target } of changed) {
      if (target !== "stable") continue;
      const before = parseSignature(this.#batches.get(tag) ?? "");
      const after = (content.get(tag) ?? []).map(stayKey);
      const nvrs = [...before.filter((key) => !after.includes(key)), ...after.filter((key) => !before.includes(key))];
      for (const key of nvrs) touched.add(packageOf(key.slice(key.indexOf(" ") + 1)));
    }
    return touched;
  }

  /** The updates that the builds belong to and that wait for a push, in the order of tagging. */
  async #updates(stays: readonly Stay[]): Promise<{ updates: PendingUpdate[]; withoutUpdate: Stay[] }> {
    const byBuild = await this.bodhi.updatesOfBuilds(stays.map(({ nvr }) => nvr));
    const updates = new Map<string, PendingUpdate>();
    for (const { nvr } of stays) {
      const update = byBuild.get(nvr);
      if (update === undefined || doneStatuses.includes(update.status)) continue;
      const name = updateName(update);
      updates.set(name, { name, builds: update.builds.map(({ nvr }) => nvr) });
    }
    return { updates: [...updates.values()], withoutUpdate: stays.filter(({ nvr }) => !byBuild.has(nvr)) };
  }

  /** Each release's architectures by its main tag in koji; a tag without any says nothing. */
  async #arches(releases: readonly Release[]): Promise<Map<string, string[]>> {
    const calls = releases.map(({ dist_tag }) => ({ method: "getTag", parameters: [dist_tag] }));
    const answers = await this.hub.multiCall(calls);
    const arches = new Map<string, string[]>();
    releases.forEach(({ name }, i) => {
      const answer = answers[i];
      if (answer === undefined || "fault" in answer || answer.value === null) return;
      const { arches: listed } = z.object({ arches: z.string().nullish() }).parse(answer.value);
      const known = (listed ?? "").split(/\s+/).flatMap((arch) => platforms.get(arch) ?? []);
      if (known.length > 0)
        arches.set(
          name,
          allPlatforms.filter((platform) => known.includes(platform)),
        );
    });
    return arches;
  }
}

function stayKey({ createEvent, nvr }: Stay): string {
  return `${createEvent} ${nvr}`;
}

/** What identifies a tag's content: a build that left and came back is another one. */
function signature(stays: readonly Stay[]): string {
  return stays.map(stayKey).join("\n");
}

function parseSignature(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}
