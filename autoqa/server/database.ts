/** AutoQA's state: one SQLite database in its state directory, so that a restart goes on where it stopped. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const schema = `
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
`;

/** @param path ":memory:" for a database that lives as long as the connection */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;");
  database.exec(schema);
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
