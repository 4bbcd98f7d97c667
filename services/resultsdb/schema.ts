/** The database: migrations by `user_version`, WAL, and nothing acknowledged before it is on disk. */
import { DatabaseSync } from "node:sqlite";
import { LAST } from "../world/time";

/** Applied in order, each in a transaction with its number; never changed once released. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE testcase (name TEXT PRIMARY KEY, ref_url TEXT) WITHOUT ROWID;
  CREATE TABLE grp (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, description TEXT, ref_url TEXT);
  CREATE TABLE result (
    id INTEGER PRIMARY KEY,
    testcase_name TEXT NOT NULL REFERENCES testcase (name),
    submit_time INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    note TEXT,
    ref_url TEXT
  );
  CREATE INDEX result_submit_time ON result (submit_time, id);
  CREATE INDEX result_testcase ON result (testcase_name, submit_time, id);
  CREATE INDEX result_outcome ON result (outcome, submit_time, id);
  -- submit_time stands here too: so the newest results with a value are found without sorting all that have it.
  CREATE TABLE result_data (
    id INTEGER PRIMARY KEY,
    result_id INTEGER NOT NULL REFERENCES result (id),
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    submit_time INTEGER NOT NULL
  );
  CREATE INDEX result_data_value ON result_data (key, value, submit_time, result_id);
  CREATE INDEX result_data_result ON result_data (result_id, key, value);
  CREATE TABLE group_result (
    group_uuid TEXT NOT NULL REFERENCES grp (uuid),
    result_id INTEGER NOT NULL REFERENCES result (id),
    PRIMARY KEY (group_uuid, result_id)
  ) WITHOUT ROWID;
  CREATE INDEX group_result_result ON group_result (result_id);
  `,
  `
  -- The 2011 dialect: jobs and testruns, of which a finished one is also a result.
  CREATE TABLE job (id INTEGER PRIMARY KEY, testplan_url TEXT, created INTEGER NOT NULL);
  CREATE TABLE testrun (
    id INTEGER PRIMARY KEY,
    job_id INTEGER REFERENCES job (id),
    testcase_url TEXT NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER,
    result TEXT,
    log_url TEXT,
    summary TEXT,
    highlights TEXT,
    score TEXT,
    result_id INTEGER REFERENCES result (id)
  );
  CREATE TABLE testrun_data (
    id INTEGER PRIMARY KEY,
    testrun_id INTEGER NOT NULL REFERENCES testrun (id),
    key TEXT NOT NULL,
    value TEXT NOT NULL
  );
  CREATE INDEX testrun_data_testrun ON testrun_data (testrun_id);
  CREATE TABLE phase (
    id INTEGER PRIMARY KEY,
    testrun_id INTEGER NOT NULL REFERENCES testrun (id),
    name TEXT NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER,
    result TEXT
  );
  `,
  `
  -- Whether the client gave the submit_time: such a time does not move the times that the server gives.
  ALTER TABLE result ADD COLUMN time_of_client INTEGER NOT NULL DEFAULT 0;
  -- Times that nothing can read back were once stored: each becomes the nearest that can be read.
  UPDATE result SET submit_time = ${LAST}, time_of_client = 1 WHERE submit_time > ${LAST};
  UPDATE result SET submit_time = -${LAST}, time_of_client = 1 WHERE submit_time < -${LAST};
  UPDATE result_data SET submit_time = ${LAST} WHERE submit_time > ${LAST};
  UPDATE result_data SET submit_time = -${LAST} WHERE submit_time < -${LAST};
  `,
];

/** Tables in an order in which they can be emptied. */
export const TABLES = [
  "phase",
  "testrun_data",
  "testrun",
  "job",
  "group_result",
  "result_data",
  "result",
  "grp",
  "testcase",
] as const;

/** @param path a file, or `:memory:`. @throws Error when the file is of a newer version than this program's */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = ON; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -32768",
  );
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (version > MIGRATIONS.length) {
    database.close();
    throw new Error(`${path} was made by a newer version of this program (${version}); move it away or update`);
  }
  for (let next = version; next < MIGRATIONS.length; next += 1) {
    database.exec(`BEGIN; ${MIGRATIONS[next]}; PRAGMA user_version = ${next + 1}; COMMIT`);
  }
  return database;
}
