/** The posts of finished jobs: stored with the job's end, sent in job order, each once. */
import type { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { outcomes } from "../outcomes";
import { unsentStates } from "./states";

export const destinations = ["resultsdb", "bodhi"] as const;
export type Destination = (typeof destinations)[number];

/** One verdict, as every reporter needs it. */
export const Verdict = z.object({
  test: z.string(),
  arch: z.string(),
  item: z.string(),
  type: z.enum(["koji_build", "bodhi_update"]),
  outcome: z.enum(outcomes),
  note: z.string(),
  /** The log's public URL. */
  url: z.string(),
  /** The builds that were judged. */
  builds: z.array(z.string()),
  /** The pending set that the item was judged for. */
  target: z.enum(["testing", "stable"]),
  /** The release's architectures, as AutoQA calls them. */
  arches: z.array(z.string()),
});
export type Verdict = z.infer<typeof Verdict>;

const Row = z.object({
  id: z.number(),
  job: z.number(),
  destination: z.enum(destinations),
  payload: z.string().transform((json) => Verdict.parse(JSON.parse(json))),
  state: z.enum(["waiting", "sending", "sent", "skipped", "refused"]),
  attempts: z.number(),
  remark: z.string(),
});
export type Post = z.infer<typeof Row>;

export class Posts {
  constructor(readonly database: DatabaseSync) {}

  add(job: number, destination: Destination, verdict: Verdict): void {
    this.database
      .prepare("INSERT INTO posts (job, destination, payload) VALUES (?, ?, ?)")
      .run(job, destination, JSON.stringify(verdict));
  }

  /** The next post for a destination: those of unfinished jobs' successors must wait. */
  next(destination: Destination, beforeJob: number): Post | undefined {
    const query = `SELECT * FROM posts WHERE state IN ${unsentStates} AND destination = ? ORDER BY job, id LIMIT 1`;
    const post = Row.optional().parse(this.database.prepare(query).get(destination));
    return post !== undefined && post.job < beforeJob ? post : undefined;
  }

  countUnsent(destination: Destination): number {
    const query = `SELECT count(*) AS n FROM posts WHERE state IN ${unsentStates} AND destination = ?`;
    return Number(this.database.prepare(query).get(destination)?.n);
  }

  /** Marks a post before it is sent: after a crash, whether it arrived must be asked first. */
  sending(id: number): void {
    this.database.prepare("UPDATE posts SET state = 'sending', attempts = attempts + 1 WHERE id = ?").run(id);
  }

  settle(id: number, state: "waiting" | "sent" | "skipped" | "refused", remark: string): void {
    this.database.prepare("UPDATE posts SET state = ?, remark = ? WHERE id = ?").run(state, remark, id);
  }

  /** Posts that the other side would not take, of jobs that ended from then on, the newest first. */
  refusedSince(time: Date, limit: number): Post[] {
    const query = `SELECT posts.* FROM posts JOIN jobs ON jobs.number = posts.job
      WHERE posts.state = 'refused' AND jobs.finished_at >= ? ORDER BY posts.id DESC LIMIT ?`;
    return z.array(Row).parse(this.database.prepare(query).all(time.toISOString(), limit));
  }

  /** The newest posts on what a test says of an item on an architecture, those of the newest job first. */
  about(item: string, { test, arch }: { test: string; arch: string }, limit: number): Post[] {
    const query = `SELECT * FROM posts WHERE json_extract(payload, '$.item') = ?
      AND json_extract(payload, '$.test') = ? AND json_extract(payload, '$.arch') = ? ORDER BY job DESC, id LIMIT ?`;
    return z.array(Row).parse(this.database.prepare(query).all(item, test, arch, limit));
  }

  ofJob(job: number): Post[] {
    return z.array(Row).parse(this.database.prepare("SELECT * FROM posts WHERE job = ? ORDER BY id").all(job));
  }
}
