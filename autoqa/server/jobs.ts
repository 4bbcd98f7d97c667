/** The table of jobs. Numbers are given in order and never again: log URLs and posts are made of them. */
import type { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { Event } from "../events/events";
import { type Outcome, outcomes } from "../outcomes";
import { unsentStates } from "../reporters/states";
import { TestResult } from "../tests/run";
import { transaction } from "./database";
import type { PlannedJob } from "./schedule";

const Row = z.object({
  number: z.number(),
  test: z.string(),
  arch: z.string(),
  serial: z.string().nullable(),
  state: z.enum(["queued", "running", "finished"]),
  attempts: z.number(),
  client: z.string().nullable(),
  holder: z.string().nullable(),
  outcome: z.enum(outcomes).nullable(),
  results: z.string().transform((json) => z.array(TestResult).parse(JSON.parse(json))),
  finished_at: z.string().nullable(),
  event: z.string().transform((json) => Event.parse(JSON.parse(json))),
});
export type Job = z.infer<typeof Row>;

/** What scheduling needs of a queued job, which is not its event: that may be a set of hundreds of updates. */
export type QueuedRow = Pick<Job, "number" | "test" | "arch" | "serial">;

/** Not as `<> 'finished'`, for which the index of states is no help. */
const unfinished = "state IN ('queued', 'running')";

const columns = `number, test, arch, serial, state, attempts, client, holder, outcome, results, finished_at,
  events.json AS event FROM jobs JOIN events ON events.id = jobs.event`;

export class Jobs {
  constructor(
    readonly database: DatabaseSync,
    readonly now: () => Date = () => new Date(),
  ) {}

  /** Adds an event and its jobs; to be called in a transaction of the caller's. */
  add(event: Event, planned: readonly PlannedJob[]): void {
    if (planned.length === 0) return;
    const { lastInsertRowid } = this.database
      .prepare("INSERT INTO events (json) VALUES (?)")
      .run(JSON.stringify(event));
    const insert = this.database.prepare("INSERT INTO jobs (event, test, arch, serial) VALUES (?, ?, ?, ?)");
    for (const { test, arch, serial } of planned) {
      insert.run(lastInsertRowid, test, arch, serial ?? null);
    }
  }

  get(number: number): Job | undefined {
    return this.#select("WHERE number = ?", number)[0];
  }

  /** The newest jobs first. */
  newest(limit: number): Job[] {
    return this.#select("ORDER BY number DESC LIMIT ?", limit);
  }

  /** The queued jobs by number, read as far as the caller goes. Nothing may be written meanwhile. */
  *queued(): Generator<QueuedRow> {
    const query = "SELECT number, test, arch, serial FROM jobs WHERE state = 'queued' ORDER BY number";
    for (const { number, test, arch, serial } of this.database.prepare(query).iterate()) {
      yield {
        number: Number(number),
        test: String(test),
        arch: String(arch),
        serial: serial === null ? null : String(serial),
      };
    }
  }

  running(): Job[] {
    return this.#select("WHERE state = 'running' ORDER BY number");
  }

  countUnfinished(): number {
    return Number(this.database.prepare(`SELECT count(*) AS n FROM jobs WHERE ${unfinished}`).get()?.n);
  }

  counts(): Record<string, number> {
    const rows = this.database
      .prepare("SELECT coalesce(outcome, state) AS what, count(*) AS n FROM jobs GROUP BY what")
      .all();
    return Object.fromEntries(rows.map((row) => [String(row.what), Number(row.n)]));
  }

  /** How many jobs are unfinished, by state, and how many ended from then on, by outcome. */
  countsSince(time: Date): Record<string, number> {
    const query = `SELECT state AS what, count(*) AS n FROM jobs WHERE ${unfinished} GROUP BY what
      UNION ALL SELECT coalesce(outcome, 'finished'), count(*) FROM jobs WHERE finished_at >= ? GROUP BY outcome`;
    const rows = this.database.prepare(query).all(time.toISOString());
    return Object.fromEntries(rows.map((row) => [String(row.what), Number(row.n)]));
  }

  /**
   * Whether an earlier job of the series is unfinished, or (`awaitPosts`) has posts that bodhi does not know yet. What
   * ResultsDB does not know is of no matter: no test reads it there.
   */
  isSeriesBusy(number: number, serial: string, awaitPosts: boolean): boolean {
    const hasUnsent = `EXISTS (SELECT 1 FROM posts
      WHERE posts.job = jobs.number AND posts.destination = 'bodhi' AND posts.state IN ${unsentStates})`;
    const query = `SELECT 1 FROM jobs WHERE serial = ? AND number < ?
      AND (${unfinished} ${awaitPosts ? `OR ${hasUnsent}` : ""}) LIMIT 1`;
    return this.database.prepare(query).get(serial, number) !== undefined;
  }

  start(number: number, client: string, holder: string): void {
    this.database
      .prepare("UPDATE jobs SET state = 'running', client = ?, holder = ?, attempts = attempts + 1 WHERE number = ?")
      .run(client, holder, number);
  }

  /** Puts a job back that its holder does not run any more. @returns false if it is not the holder's */
  requeue(number: number, holder: string): boolean {
    const query =
      "UPDATE jobs SET state = 'queued', holder = NULL WHERE number = ? AND state = 'running' AND holder = ?";
    return this.database.prepare(query).run(number, holder).changes > 0;
  }

  /**
   * Ends the job that the holder runs, or one that is queued; `andThen` (its posts) is stored in the same transaction.
   * @param holder null for a queued job
   * @param client in whose name a job that none ever took has its log
   * @returns false, and nothing is changed, if the job is not the holder's, or has ended already
   */
  finish(
    { number, holder, client }: Pick<Job, "number" | "holder" | "client">,
    outcome: Outcome | null,
    results: readonly TestResult[],
    andThen: () => void,
  ): boolean {
    const query = `UPDATE jobs SET state = 'finished', outcome = ?, results = ?, finished_at = ?, client = ?
      WHERE number = ? AND ${unfinished} AND holder IS ?`;
    return transaction(this.database, () => {
      const values = [outcome, JSON.stringify(results), this.now().toISOString(), client, number, holder];
      if (this.database.prepare(query).run(...values).changes === 0) return false;
      andThen();
      return true;
    });
  }

  /** The number of the first job that is not finished: posts of later ones wait for it. */
  firstUnfinished(): number {
    const row = this.database.prepare(`SELECT min(number) AS number FROM jobs WHERE ${unfinished}`).get();
    return row?.number === null || row === undefined ? Number.POSITIVE_INFINITY : Number(row.number);
  }

  #select(condition: string, ...parameters: number[]): Job[] {
    return z.array(Row).parse(this.database.prepare(`SELECT ${columns} ${condition}`).all(...parameters));
  }
}
