/** Jobs to clients: claims, heartbeats, results, and what becomes of a job whose client is lost or never comes. */
import { merge } from "../outcomes";
import type { Control } from "../tests/control";
import { resultsForAll } from "../tests/failures";
import type { Endpoints, TestResult } from "../tests/run";
import type { Job, Jobs } from "./jobs";
import type { Logs } from "./logs";
import { Presence } from "./presence";
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
  /** A queued job ends ABORTED if no client with its labels was heard of for this long. */
  patienceMilliseconds: number;
  /** Monotonic, in milliseconds: the scenario's clock may jump by days. */
  monotonic?: () => number;
}

/** A job whose client was lost is given out once more. */
const maximumAttempts = 2;
/** The client in the log's URL of a job that none ever took. */
const noClient = "none";
/** client2 comes before client10. */
const byName = new Intl.Collator("en", { numeric: true });

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #monotonic: () => number;
  readonly #waiters = new Set<Waiter>();
  /** When each running job's client was last heard of. Empty after a restart: clients get a whole lease to come back. */
  readonly #heard = new Map<number, number>();
  /** Every client that has asked for a job since the start. */
  readonly clients: Presence;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#monotonic = options.monotonic ?? (() => performance.now());
    this.clients = new Presence(this.#monotonic());
  }

  /**
   * Waits for a job for the client, whose slot is free: what it was given before is lost, e.g. by its restart.
   * @returns undefined if there is none within the time
   */
  async claim(client: Client, waitMilliseconds: number): Promise<Assignment | undefined> {
    this.clients.heard(client.name, this.#monotonic(), client.labels);
    for (const job of this.#options.jobs.running()) {
      const isEarlier = job.client === client.name && !job.holder?.startsWith(`${client.start}/`);
      if (isEarlier || job.holder === holderOf(client)) this.#lost(job);
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

  /**
   * Gives queued jobs to waiting clients; to be called when either may have changed. Of several that wait the first by
   * name gets the first job, whichever asked first.
   */
  dispatch(): void {
    const { jobs, endpoints, awaitPosts } = this.#options;
    const waiters = [...this.#waiters].sort(
      ({ client: a }, { client: b }) => byName.compare(a.name, b.name) || a.slot - b.slot,
    );
    for (const waiter of waiters) {
      const chosen = chooseJob(jobs.queued(), waiter.client.labels, this.#labels, (number, serial) =>
        jobs.isSeriesBusy(number, serial, awaitPosts()),
      );
      const job = chosen && jobs.get(chosen.number);
      if (job === undefined) continue;
      jobs.start(job.number, waiter.client.name, holderOf(waiter.client));
      this.#heard.set(job.number, this.#monotonic());
      const { number, test, arch, event } = job;
      const timeoutSeconds = this.#control(test)?.timeoutSeconds ?? 0;
      waiter.give({ number, test, arch, event, endpoints, timeoutSeconds });
    }
  }

  /** @returns false if the job is not the client's any more: it should stop */
  heartbeat(number: number, holder: string): boolean {
    const job = this.#owned(number, holder);
    if (job === undefined) return false;
    const now = this.#monotonic();
    this.#heard.set(number, now);
    if (job.client !== null) this.clients.heard(job.client, now);
    return true;
  }

  /** @returns false if the job is not the client's any more */
  async storeLog(number: number, holder: string, content: Uint8Array): Promise<boolean> {
    if (!this.heartbeat(number, holder)) return false;
    return this.#options.logs.write(number, content, () => this.heartbeat(number, holder));
  }

  /** @returns false if the job is not the client's any more: its results are not taken */
  finish(number: number, holder: string, results: readonly TestResult[]): boolean {
    const job = this.#owned(number, holder);
    return job !== undefined && this.#finish(job, results);
  }

  /** Looks for clients that were lost, and for jobs that no client will take; to be called now and then. */
  sweep(): void {
    const now = this.#monotonic();
    for (const job of this.#options.jobs.running()) {
      const heard = this.#heard.get(job.number);
      if (heard === undefined) this.#heard.set(job.number, now);
      else if (now - heard > this.#options.leaseMilliseconds) this.#lost(job);
    }
    this.dispatch();
    this.#abandon(now);
  }

  #abandon(now: number): void {
    const { jobs, patienceMilliseconds } = this.#options;
    for (const { client } of this.#waiters) this.clients.heard(client.name, now);
    const abandoned = [...jobs.queued()].filter(
      (job) => now - this.clients.lastHeard(this.#labels(job)) > patienceMilliseconds,
    );
    for (const { number } of abandoned) {
      const job = jobs.get(number);
      if (job === undefined) continue;
      const minutes = Math.round(patienceMilliseconds / 60_000);
      this.#abort(
        job,
        `for ${minutes} minutes there was no test client with the labels ${this.#labels(job).join(", ")}`,
      );
    }
  }

  #lost(job: Job): void {
    this.#heard.delete(job.number);
    if (job.attempts >= maximumAttempts) this.#abort(job, `the test client was lost ${job.attempts} times`);
    else this.#options.jobs.requeue(job.number, job.holder ?? "");
  }

  /** Nothing here waits for anything, so that nobody can report on the job between the log and the end. */
  #abort(job: Job, note: string): void {
    this.#options.logs.writeNote(job.number, `ABORTED: ${note}`);
    this.#finish({ ...job, client: job.client ?? noClient }, resultsForAll(job.event, "ABORTED", note));
  }

  /** @returns false if somebody else ended the job or has it by now */
  #finish(job: Job, results: readonly TestResult[]): boolean {
    // A test that found nothing to judge says nothing.
    const outcome = results.length === 0 ? null : merge(results.map((result) => result.outcome));
    const { jobs, planPosts, finished } = this.#options;
    if (!jobs.finish(job, outcome, results, () => planPosts(job, results))) return false;
    this.#heard.delete(job.number);
    finished();
    return true;
  }

  #owned(number: number, holder: string): Job | undefined {
    const job = this.#options.jobs.get(number);
    return job?.state === "running" && job.holder === holder ? job : undefined;
  }

  /** That a client needs for a job. */
  readonly #labels = ({ test, arch }: Pick<Job, "test" | "arch">): readonly string[] =>
    this.#control(test)?.labels(arch) ?? [];

  #control(test: string): Control | undefined {
    return this.#options.controls.find((control) => control.test === test);
  }
}
