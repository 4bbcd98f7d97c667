/** Which content of each pending tag the batches watcher has made an event of, and which event. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { PostBodhiUpdateBatch } from "../events/events";

export class Batches {
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #pending: StatementSync;

  constructor(database: DatabaseSync) {
    this.#get = database.prepare("SELECT content FROM batches WHERE tag = ?");
    this.#put = database.prepare(
      `INSERT INTO batches (tag, content, event) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET content = excluded.content, event = excluded.event`,
    );
    this.#pending = database.prepare("SELECT event FROM batches WHERE event IS NOT NULL ORDER BY tag");
  }

  get(tag: string): string | undefined {
    const row = this.#get.get(tag);
    return row && String(row.content);
  }

  /** @param event undefined if nothing in the tag waits for a push */
  put(tag: string, content: string, event: PostBodhiUpdateBatch | undefined): void {
    this.#put.run(tag, content, event === undefined ? null : JSON.stringify(event));
  }

  /** The newest event of every tag in which something waits for a push, by tag. */
  pending(): PostBodhiUpdateBatch[] {
    return this.#pending.all().map(({ event }) => PostBodhiUpdateBatch.parse(JSON.parse(String(event))));
  }
}
