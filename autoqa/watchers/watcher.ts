/** What every watcher is: it looks, and says which events it has seen. */
import type { Release } from "../bodhi/types";
import type { Event } from "../events/events";

export interface Sighting {
  /** In the order in which their jobs are to be numbered. */
  events: Event[];
  /** Something was seen that is not an event yet: AutoQA has not settled. */
  pending: boolean;
  /** Remembers what was seen; called in the transaction that stores the events' jobs. */
  remember(): void;
}

export interface Watcher {
  name: string;
  /** @throws Unreachable; then nothing is remembered, and the next look sees what this one would have */
  look(releases: readonly Release[]): Promise<Sighting>;
}

/** The part of a release that events carry. */
export function eventRelease(release: Release): Event["release"] {
  const { name, branch, dist_tag, stable_tag, testing_tag } = release;
  return { name, branch, distTag: dist_tag, stableTag: stable_tag, testingTag: testing_tag };
}
