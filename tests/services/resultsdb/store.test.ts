import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { NewResult } from "../../../services/resultsdb/records";
import { MIGRATIONS } from "../../../services/resultsdb/schema";
import { ResultStore } from "../../../services/resultsdb/store";

const result = (name: string): NewResult => ({
  outcome: "PASSED",
  testcase: { name },
  groups: [],
  note: null,
  refUrl: null,
  submitTime: null,
  data: [["item", name]],
});

describe("services/resultsdb/store", () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "results-"));
    path = join(directory, "results.sqlite");
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("is there again after the process is gone, with the next id and a later time", () => {
    let store = new ResultStore(path, () => 1_000_000);
    assert.equal(store.addResult(result("a")), 1);
    store.close();
    store = new ResultStore(path, () => 1_000_000);
    assert.equal(store.addResult(result("b")), 2);
    assert.deepEqual(
      store.allResults().map(({ id, submitTime }) => [id, submitTime]),
      [
        [1, 1_000_000],
        [2, 1_000_001],
      ],
    );
    store.close();
  });

  it("keeps all of a result or nothing", () => {
    const store = new ResultStore(path, () => 0);
    const broken = { ...result("a"), data: [["item", null as unknown as string]] } as NewResult;
    assert.throws(() => store.addResult(broken));
    assert.deepEqual([store.count(), store.testcase("a")], [0, undefined]);
    store.close();
  });

  it("begins at 1 again when it is cleared", () => {
    const store = new ResultStore(path, () => 0);
    store.addResult(result("a"));
    store.clear();
    assert.equal(store.count(), 0);
    assert.equal(store.addResult(result("a")), 1);
    store.close();
  });

  it("knows the times that it gave itself, not those of clients, when it is there again", () => {
    let store = new ResultStore(path, () => 1_000_000);
    store.addResult(result("a"));
    store.addResult({ ...result("b"), submitTime: 9_000_000_000 });
    store.close();
    store = new ResultStore(path, () => 1_000_000);
    assert.equal(store.result(store.addResult(result("c")))?.submitTime, 1_000_001);
    store.close();
  });

  it("starts with a database that holds times which nothing can read", () => {
    const old = new DatabaseSync(path);
    for (const migration of MIGRATIONS.slice(0, 2)) old.exec(migration);
    old.exec(`
      PRAGMA user_version = 2;
      INSERT INTO testcase VALUES ('t', NULL);
      INSERT INTO result VALUES (1, 't', 1305998218584573000, 'INFO', NULL, NULL);
      INSERT INTO result VALUES (2, 't', -1e300, 'INFO', NULL, NULL);
      INSERT INTO result VALUES (3, 't', 5, 'INFO', NULL, NULL);
      INSERT INTO result_data VALUES (1, 1, 'item', 'a', 1305998218584573000);
    `);
    old.close();
    const store = new ResultStore(path, () => 1_000_000);
    assert.deepEqual(
      store.allResults().map(({ id, submitTime }) => [id, submitTime]),
      [
        [1, Number.MAX_SAFE_INTEGER],
        [2, -Number.MAX_SAFE_INTEGER],
        [3, 5],
      ],
    );
    assert.equal(store.result(store.addResult(result("t")))?.submitTime, 1_000_000);
    assert.equal(store.results({ data: [{ key: "item", like: false, values: ["a"] }] }, 0, 10).length, 1);
    store.close();
  });

  it("brings an older database up to date and refuses a newer one", () => {
    const old = new DatabaseSync(path);
    old.exec("PRAGMA user_version = 0");
    old.close();
    new ResultStore(path, () => 0).close();
    const newer = new DatabaseSync(path);
    assert.equal((newer.prepare("PRAGMA user_version").get() as { user_version: number }).user_version, 3);
    newer.exec("PRAGMA user_version = 99");
    newer.close();
    assert.throws(() => new ResultStore(path, () => 0), /was made by a newer version of this program \(99\)/);
  });
});
