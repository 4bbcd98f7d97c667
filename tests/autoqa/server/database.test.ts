import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../../autoqa/server/database";

describe("AutoQA's database", () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "autoqa-database-"));
    path = join(directory, "autoqa.db");
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it("has on disk what was committed, also when the machine stops", () => {
    const database = openDatabase(path);
    assert.deepEqual({ ...database.prepare("PRAGMA synchronous").get() }, { synchronous: 2 });
    database.close();
  });

  it("is brought from its first form, which had no number, to the present one, with what was in it", () => {
    const first = openDatabase(path);
    const present = Number(first.prepare("PRAGMA user_version").get()?.user_version);
    first.exec(`
      INSERT INTO events (json) VALUES ('{"event":"post-bodhi-update-batch","tag":"f15-updates-pending","updates":[]}');
      INSERT INTO jobs (event, test, arch) VALUES (1, 'depcheck', 'i386');
      INSERT INTO batches (tag, content) VALUES ('f15-updates-pending', '7 mint-1-1'), ('f14-updates-pending', '');
      DROP INDEX posts_by_subject; DROP INDEX jobs_by_serial; DROP INDEX jobs_by_end; DROP TABLE local_comments;
      DROP INDEX jobs_by_event; DROP INDEX events_with_details; ALTER TABLE events DROP COLUMN has_details;
      ALTER TABLE batches DROP COLUMN event; PRAGMA user_version = 0;
    `);
    first.close();
    const database = openDatabase(path);
    assert.equal(database.prepare("PRAGMA user_version").get()?.user_version, present);
    assert.equal(database.prepare("SELECT count(*) AS n FROM jobs").get()?.n, 1);
    const batches = database.prepare("SELECT tag, event IS NULL AS gone FROM batches ORDER BY tag").all();
    assert.deepEqual(
      batches.map(({ tag, gone }) => [tag, gone]),
      [
        ["f14-updates-pending", 1],
        ["f15-updates-pending", 0],
      ],
    );
    database.close();
  });

  it("that a newer AutoQA made is left alone, and the message says what to do", () => {
    openDatabase(path).close();
    const newer = new DatabaseSync(path);
    newer.exec("PRAGMA user_version = 99");
    newer.close();
    assert.throws(() => openDatabase(path), /autoqa\.db was made by a newer AutoQA .*empty the state directory/);
  });
});
