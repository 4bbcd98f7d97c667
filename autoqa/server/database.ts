/**
 * AutoQA's state: one SQLite database in its state directory, so that a restart goes on where it stopped. What was
 * committed is on disk, also when the whole machine stops: numbers that were posted are never given again.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Applied in order, each in a transaction with its number (`user_version`); never changed once released. */
const migrations: readonly string[] = [
  // Databases of this form carry no number yet.
  `
  CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, json TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY,
    event INTEGER NOT NULL REFERENCES events (id),
    test TEXT NOT NULL,
    arch TEXT NOT NULL,
    serial TEXT,
    state TEXT NOT NULL DEFAULT 'queued',
    attempts INTEGER NOT NULL DEFAULT 0,
    client TEXT,
    holder TEXT,
    outcome TEXT,
    results TEXT NOT NULL DEFAULT '[]',
    finished_at TEXT
  );
  CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, number);
  CREATE TABLE IF NOT EXISTS posts (
    id INTEGER PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES jobs (number),
    destination TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    remark TEXT NOT NULL DEFAULT ''
  );
  CREATE INDEX IF NOT EXISTS posts_by_state ON posts (state, destination, id);
  CREATE INDEX IF NOT EXISTS posts_by_job ON posts (job);
  CREATE TABLE IF NOT EXISTS tag_cursors (
    watcher TEXT NOT NULL, tag TEXT NOT NULL, baseline INTEGER NOT NULL, last_event INTEGER NOT NULL,
    PRIMARY KEY (watcher, tag)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tag_stays (
    watcher TEXT NOT NULL, tag TEXT NOT NULL, create_event INTEGER NOT NULL, build_id INTEGER NOT NULL,
    nvr TEXT NOT NULL, revoke_event INTEGER,
    PRIMARY KEY (watcher, tag, create_event, build_id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS batches (tag TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  -- What of a pending tag's set is an event now: NULL while nothing waits there for a push.
  ALTER TABLE batches ADD COLUMN event TEXT;
  UPDATE batches SET event = (
    SELECT json FROM events WHERE json_extract(json, '$.updates') IS NOT NULL AND json_extract(json, '$.tag') = tag
    ORDER BY id DESC LIMIT 1
  ) WHERE content <> '';
  CREATE INDEX posts_by_subject ON posts (
    json_extract(payload, '$.item'), json_extract(payload, '$.test'), json_extract(payload, '$.arch'), job
  );
  -- Whether more is kept of it and its jobs than the jobs' rows (server/retention.ts).
  ALTER TABLE events ADD COLUMN has_details INTEGER NOT NULL DEFAULT 1;
  CREATE INDEX events_with_details ON events (id) WHERE has_details = 1;
  CREATE INDEX jobs_by_event ON jobs (event);
  CREATE INDEX jobs_by_serial ON jobs (serial, number);
  CREATE INDEX jobs_by_end ON jobs (finished_at, outcome);
  -- What would have been said on updates where AutoQA has no account to say it with.
  CREATE TABLE local_comments (
    id INTEGER PRIMARY KEY, item TEXT NOT NULL, text TEXT NOT NULL, email INTEGER NOT NULL, at TEXT NOT NULL
  );
  CREATE INDEX local_comments_by_item ON local_comments (item, id);
  `,
];

/** The state directory holds what this AutoQA cannot go on with. */
export class StateError extends Error {
  override name = "StateError";
}

/**
 * @param path ":memory:" for a database that lives as long as the connection
 * @throws StateError where the database was made by a newer AutoQA
 */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  if (version > migrations.length) {
    database.close();
    throw new StateError(
      `${path} was made by a newer AutoQA (its form is ${version}, this one's ${migrations.length}): ` +
        "run that one, or empty the state directory",
    );
  }
  for (const [done, migration] of migrations.entries()) {
    if (done < version) continue;
    transaction(database, () => database.exec(`${migration}; PRAGMA user_version = ${done + 1}`));
  }
  return database;
}

export function openStateDirectory(directory: string): DatabaseSync {
  mkdirSync(directory, { recursive: true });
  return openDatabase(join(directory, "autoqa.db"));
}

/** Runs the work in one transaction: all of it is kept, or none. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
