import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type NewResult, ResultStore } from "../../../services/resultsdb/store";

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

  it("brings an older database up to date and refuses a newer one", () => {
    const old = new DatabaseSync(path);
    old.exec("PRAGMA user_version = 0");
    old.close();
    new ResultStore(path, () => 0).close();
    const newer = new DatabaseSync(path);
    assert.equal((newer.prepare("PRAGMA user_version").get() as { user_version: number }).user_version, 2);
    newer.exec("PRAGMA user_version = 99");
    newer.close();
    assert.throws(() => new ResultStore(path, () => 0), /was made by a newer version of this program \(99\)/);
  });
});
