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

  queued(): Job[] {
    return this.#select("WHERE state = 'queued' ORDER BY number");
  }

  running(): Job[] {
    return this.#select("WHERE state = 'running' ORDER BY number");
  }

  countUnfinished(): number {
    return Number(this.database.prepare("SELECT count(*) AS n FROM jobs WHERE state <> 'finished'").get()?.n);
  }

  counts(): Record<string, number> {
    const rows = this.database
      .prepare("SELECT coalesce(outcome, state) AS what, count(*) AS n FROM jobs GROUP BY what")
      .all();
    return Object.fromEntries(rows.map((row) => [String(row.what), Number(row.n)]));
  }

  /** Whether an earlier job of the series is unfinished, or (`awaitPosts`) has posts that bodhi does not know yet. */
  isSeriesBusy(number: number, serial: string, awaitPosts: boolean): boolean {
    const hasUnsent = `EXISTS (SELECT 1 FROM posts WHERE posts.job = jobs.number AND posts.state IN ${unsentStates})`;
    const query = `SELECT 1 FROM jobs WHERE serial = ? AND number < ?
      AND (state <> 'finished' ${awaitPosts ? `OR ${hasUnsent}` : ""}) LIMIT 1`;
    return this.database.prepare(query).get(serial, number) !== undefined;
  }

  start(number: number, client: string, holder: string): void {
    this.database
      .prepare("UPDATE jobs SET state = 'running', client = ?, holder = ?, attempts = attempts + 1 WHERE number = ?")
      .run(client, holder, number);
  }

  requeue(number: number): void {
    this.database.prepare("UPDATE jobs SET state = 'queued', holder = NULL WHERE number = ?").run(number);
  }

  /** Ends a job; `andThen` (its posts) is stored in the same transaction. */
  finish(number: number, outcome: Outcome | null, results: readonly TestResult[], andThen: () => void): void {
    transaction(this.database, () => {
      this.database
        .prepare("UPDATE jobs SET state = 'finished', outcome = ?, results = ?, finished_at = ? WHERE number = ?")
        .run(outcome, JSON.stringify(results), this.now().toISOString(), number);
      andThen();
    });
  }

  /** The number of the first job that is not finished: posts of later ones wait for it. */
  firstUnfinished(): number {
    const row = this.database.prepare("SELECT min(number) AS number FROM jobs WHERE state <> 'finished'").get();
    return row?.number === null || row === undefined ? Number.POSITIVE_INFINITY : Number(row.number);
  }

  #select(condition: string, ...parameters: number[]): Job[] {
    return z.array(Row).parse(this.database.prepare(`SELECT ${columns} ${condition}`).all(...parameters));
  }
}
