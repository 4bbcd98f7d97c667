/** Watches for builds that come into a testing-pending tag: post-koji-build. */
import type { DatabaseSync } from "node:sqlite";
import type { Release } from "../bodhi/types";
import type { PostKojiBuild } from "../events/events";
import type { KojiHub } from "../koji/hub";
import { TagHistory } from "./tag-history";
import { eventRelease, type Sighting, type Watcher } from "./watcher";

export class KojiBuildsWatcher implements Watcher {
  readonly name = "koji-builds";
  readonly #history: TagHistory;

  constructor(
    database: DatabaseSync,
    readonly hub: KojiHub,
  ) {
    this.#history = new TagHistory(database, this.name);
  }

  async look(releases: readonly Release[]): Promise<Sighting> {
    const byTag = new Map(releases.map((release) => [release.pending_testing_tag, release]));
    const changes = await this.#history.changes(this.hub, [...byTag.keys()]);
    const events = changes.fresh.flatMap(({ tag, nvr }): PostKojiBuild[] => {
      const release = byTag.get(tag);
      if (release === undefined) return [];
      return [{ event: "post-koji-build", release: eventRelease(release), tag, build: nvr }];
    });
    return { events, pending: false, remember: changes.remember };
  }
}
