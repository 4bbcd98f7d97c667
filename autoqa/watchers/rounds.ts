/**
 * Rounds of looks: all watchers look, one after the other, then everything that was seen becomes jobs in one
 * transaction. So job numbers depend on what was seen and not on which watcher was quicker.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Release } from "../bodhi/types";
import { transaction } from "../server/database";
import type { Jobs } from "../server/jobs";
import { planJobs } from "../server/schedule";
import type { Control } from "../tests/control";
import type { Sighting, Watcher } from "./watcher";

export interface Looks {
  started: number;
  completed: number;
  /** When the last look ended, and what went wrong in it, if anything. */
  lastAt?: string;
  problem?: string;
}

/** Releases in these states get updates. */
const watchedStates = ["pending", "frozen", "current"];

export class Rounds {
  readonly looks = new Map<string, Looks>();
  #pending = false;

  constructor(
    readonly options: {
      database: DatabaseSync;
      jobs: Jobs;
      controls: readonly Control[];
      watchers: readonly Watcher[];
      releases(): Promise<Release[]>;
      now?: () => Date;
    },
  ) {
    for (const { name } of options.watchers) this.looks.set(name, { started: 0, completed: 0 });
  }

  /** Whether a watcher has seen something that will become an event at a later look. */
  get pending(): boolean {
    return this.#pending;
  }

  /** One look of every watcher. A look that fails counts too: it has seen that nothing can be seen. */
  async round(): Promise<void> {
    const { database, jobs, controls, watchers } = this.options;
    const sightings: Sighting[] = [];
    const problems = new Map<string, string>();
    let releases: Promise<Release[]> | undefined;
    for (const watcher of watchers) {
      this.#count(watcher, { started: 1 });
      try {
        releases ??= this.options.releases();
        const watched = (await releases).filter(({ state }) => watchedStates.includes(state));
        sightings.push(await watcher.look(watched));
      } catch (error) {
        problems.set(watcher.name, error instanceof Error ? error.message : String(error));
      }
    }
    transaction(database, () => {
      for (const { events, remember } of sightings) {
        for (const event of events) jobs.add(event, planJobs(event, controls));
        remember();
      }
    });
    this.#pending = sightings.some(({ pending }) => pending);
    const lastAt = (this.options.now?.() ?? new Date()).toISOString();
    for (const watcher of watchers) {
      const problem = problems.get(watcher.name);
      this.#count(watcher, { completed: 1 });
      const { started, completed } = this.looks.get(watcher.name) ?? { started: 0, completed: 0 };
      this.looks.set(watcher.name, { started, completed, lastAt, ...(problem === undefined ? {} : { problem }) });
    }
  }

  #count(watcher: Watcher, by: { started?: number; completed?: number }): void {
    const looks = this.looks.get(watcher.name);
    if (looks === undefined) return;
    looks.started += by.started ?? 0;
    looks.completed += by.completed ?? 0;
  }
}
