/** Jobs to clients: claims, heartbeats, results, and what becomes of a job whose client is lost. */

import { merge } from "../outcomes";
import type { Control } from "../tests/control";
import { resultsForAll } from "../tests/failures";
import type { Endpoints, TestResult } from "../tests/run";
import type { Job, Jobs } from "./jobs";
import type { Logs } from "./logs";
import { chooseJob } from "./schedule";

export interface Client {
  name: string;
  /** Different after each start of the client. */
  start: string;
  /** A client with several processors runs several jobs at once, one in each slot. */
  slot: number;
  labels: readonly string[];
}

/** Who holds a job: only that slot of that start of a client may report on it. */
export function holderOf({ start, slot }: Pick<Client, "start" | "slot">): string {
  return `${start}/${slot}`;
}

/** What a client gets. */
export interface Assignment {
  number: number;
  test: string;
  arch: string;
  event: Job["event"];
  endpoints: Endpoints;
  timeoutSeconds: number;
}

interface Waiter {
  client: Client;
  give(assignment: Assignment | undefined): void;
}

export interface DispatcherOptions {
  jobs: Jobs;
  logs: Logs;
  controls: readonly Control[];
  endpoints: Endpoints;
  /** Plans the posts of a finished job, in the same transaction. */
  planPosts(job: Job, results: readonly TestResult[]): void;
  /** Whether jobs of a series wait for the posts of those before; not while these cannot be sent. */
  awaitPosts(): boolean;
  /** Called when a job has ended. */
  finished(): void;
  /** A job is lost if its client was not heard of for this long. */
  leaseMilliseconds: number;
  /** Monotonic, in milliseconds: the scenario's clock may jump by days. */
  monotonic?: () => number;
}

/** A job whose client was lost is given out once more. */
const maximumAttempts = 2;

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #monotonic: () => number;
  readonly #waiters = new Set<Waiter>();
  /** When each running job's client was last heard of. Empty after a restart: clients get a whole lease to come back. */
  readonly #heard = new Map<number, number>();
  /** Every client that has asked for a job since the start. */
  readonly clients = new Map<string, { labels: readonly string[] }>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#monotonic = options.monotonic ?? (() => performance.now());
  }

  /**
   * Waits for a job for the client, whose slot is free: what it was given before is lost, e.g. by its restart.
   * @returns undefined if there is none within the time
   */
  async claim(client: Client, waitMilliseconds: number): Promise<Assignment | undefined> {
    this.clients.set(client.name, { labels: client.labels });
    for (const job of this.#options.jobs.running()) {
      const isEarlier = job.client === client.name && !job.holder?.startsWith(`${client.start}/`);
      if (isEarlier || job.holder === holderOf(client)) await this.#lost(job);
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiter.give(undefined), waitMilliseconds);
      const waiter: Waiter = {
        client,
        give: (assignment) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(assignment);
        },
      };
      this.#waiters.add(waiter);
      this.dispatch();
    });
  }

  /** Takes back a claim whose client has gone away. */
  withdraw(holder: string): void {
    for (const waiter of this.#waiters) if (holderOf(waiter.client) === holder) waiter.give(undefined);
  }

  /** Gives queued jobs to waiting clients; to be called when either may have changed. */
  dispatch(): void {
    if (this.#waiters.size === 0) return;
    const { jobs, endpoints, awaitPosts } = this.#options;
    const queued = jobs.queued().map((job) => ({
      job,
      number: job.number,
      serial: job.serial ?? undefined,
      labels: this.#control(job.test)?.labels(job.arch) ?? [],
    }));
    for (const waiter of [...this.#waiters]) {
      const chosen = chooseJob(
        queued,
        waiter.client.labels,
        ({ number, serial }) => serial !== undefined && jobs.isSeriesBusy(number, serial, awaitPosts()),
      );
      const index = queued.findIndex(({ number }) => number === chosen?.number);
      const job = queued[index]?.job;
      if (job === undefined) continue;
      queued.splice(index, 1);
      jobs.start(job.number, waiter.client.name, holderOf(waiter.client));
      this.#heard.set(job.number, this.#monotonic());
      const { number, test, arch, event } = job;
      const timeoutSeconds = this.#control(test)?.timeoutSeconds ?? 0;
      waiter.give({ number, test, arch, event, endpoints, timeoutSeconds });
    }
  }

  /** @returns false if the job is not the client's any more: it should stop */
  heartbeat(number: number, holder: string): boolean {
    if (this.#owned(number, holder) === undefined) return false;
    this.#heard.set(number, this.#monotonic());
    return true;
  }

  /** @returns false if the job is not the client's any more */
  async storeLog(number: number, holder: string, content: Uint8Array): Promise<boolean> {
    if (!this.heartbeat(number, holder)) return false;
    await this.#options.logs.write(number, content);
    return true;
  }

  /** @returns false if the job is not the client's any more: its results are not taken */
  finish(number: number, holder: string, results: readonly TestResult[]): boolean {
    const job = this.#owned(number, holder);
    if (job === undefined) return false;
    this.#finish(job, results);
    return true;
  }

  /** Looks for lost clients; to be called now and then. */
  async sweep(): Promise<void> {
    const now = this.#monotonic();
    for (const job of this.#options.jobs.running()) {
      const heard = this.#heard.get(job.number);
      if (heard === undefined) this.#heard.set(job.number, now);
      else if (now - heard > this.#options.leaseMilliseconds) await this.#lost(job);
    }
    this.dispatch();
  }

  async #lost(job: Job): Promise<void> {
    this.#heard.delete(job.number);
    if (job.attempts < maximumAttempts) {
      this.#options.jobs.requeue(job.number);
      return;
    }
    const note = `the test client was lost ${job.attempts} times`;
    const results = resultsForAll(job.event, "ABORTED", note);
    await this.#options.logs.write(job.number, `ABORTED: ${note}\n`);
    this.#finish(job, results);
  }

  #finish(job: Job, results: readonly TestResult[]): void {
    // A test that found nothing to judge says nothing.
    const outcome = results.length === 0 ? null : merge(results.map((result) => result.outcome));
    this.#options.jobs.finish(job.number, outcome, results, () => this.#options.planPosts(job, results));
    this.#heard.delete(job.number);
    this.#options.finished();
  }

  #owned(number: number, holder: string): Job | undefined {
    const job = this.#options.jobs.get(number);
    return job?.state === "running" && job.holder === holder ? job : undefined;
  }

  #control(test: string): Control | undefined {
    return this.#options.controls.find((control) => control.test === test);
  }
}
