/** What a watcher remembers of tags: how far it has read, and the stays that may be told of again. */
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** One build's stay in a tag. */
export interface Stay {
  tag: string;
  buildId: number;
  nvr: string;
  /** koji's event id of the tagging. */
  createEvent: number;
  /** koji's event id of the untagging; null while the build is there. */
  revokeEvent: number | null;
}

export interface Cursor {
  /** koji's last event when the tag was first looked at: what had left the tag by then is history. */
  baseline: number;
  /** The newest event seen in the tag's history. */
  lastEvent: number;
}

export class TagMemory {
  readonly #stays: StatementSync;
  readonly #cursor: StatementSync;
  readonly #putStay: StatementSync;
  readonly #putCursor: StatementSync;
  readonly #forget: StatementSync;

  constructor(
    database: DatabaseSync,
    readonly watcher: string,
  ) {
    this.#stays = database.prepare(
      "SELECT * FROM tag_stays WHERE watcher = ? AND tag = ? ORDER BY create_event, build_id",
    );
    this.#cursor = database.prepare("SELECT baseline, last_event FROM tag_cursors WHERE watcher = ? AND tag = ?");
    this.#putStay = database.prepare(
      `INSERT INTO tag_stays (watcher, tag, create_event, build_id, nvr, revoke_event) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET revoke_event = excluded.revoke_event`,
    );
    this.#putCursor = database.prepare(
      `INSERT INTO tag_cursors (watcher, tag, baseline, last_event) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET last_event = excluded.last_event`,
    );
    this.#forget = database.prepare("DELETE FROM tag_stays WHERE watcher = ? AND tag = ? AND revoke_event <= ?");
  }

  stays(tag: string): Stay[] {
    return this.#stays.all(this.watcher, tag).map((row) => ({
      tag,
      buildId: Number(row.build_id),
      nvr: String(row.nvr),
      createEvent: Number(row.create_event),
      revokeEvent: row.revoke_event === null ? null : Number(row.revoke_event),
    }));
  }

  cursor(tag: string): Cursor | undefined {
    const row = this.#cursor.get(this.watcher, tag);
    return row && { baseline: Number(row.baseline), lastEvent: Number(row.last_event) };
  }

  putStay(stay: Stay): void {
    this.#putStay.run(this.watcher, stay.tag, stay.createEvent, stay.buildId, stay.nvr, stay.revokeEvent);
  }

  /** @param forgetUpTo stays that ended at or before this event will not be told of again */
  putCursor(tag: string, cursor: Cursor, forgetUpTo: number): void {
    this.#putCursor.run(this.watcher, tag, cursor.baseline, cursor.lastEvent);
    this.#forget.run(this.watcher, tag, forgetUpTo);
  }
}
