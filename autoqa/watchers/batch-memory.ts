/** Which content of each pending tag the batches watcher has made an event of. */
import type { DatabaseSync, StatementSync } from "node:sqlite";

export class Batches {
  readonly #get: StatementSync;
  readonly #put: StatementSync;

  constructor(database: DatabaseSync) {
    this.#get = database.prepare("SELECT content FROM batches WHERE tag = ?");
    this.#put = database.prepare(
      "INSERT INTO batches (tag, content) VALUES (?, ?) ON CONFLICT DO UPDATE SET content = excluded.content",
    );
  }

  get(tag: string): string | undefined {
    const row = this.#get.get(tag);
    return row && String(row.content);
  }

  put(tag: string, content: string): void {
    this.#put.run(tag, content);
  }
}
