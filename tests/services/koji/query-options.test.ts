import assert from "node:assert/strict";
import { Unmodelled } from "../../../services/koji/arguments";
import { applyQueryOptions } from "../../../services/koji/query-options";

const rows = () => [
  { id: 1, name: "b", epoch: null },
  { id: 2, name: "a", epoch: 1 },
  { id: 3, name: "a", epoch: 0 },
];
const ids = (options: Parameters<typeof applyQueryOptions>[1]) =>
  (applyQueryOptions(rows(), options, ["id", "name", "epoch"]) as { id: number }[]).map(({ id }) => id);

describe("services/koji/query-options", () => {
  it("orders by several columns, either way", () => {
    assert.deepEqual(ids({ order: "name,-id" }), [3, 2, 1]);
    assert.deepEqual(ids({ order: "-id" }), [3, 2, 1]);
  });

  it("holds null for the greatest, as PostgreSQL does", () => {
    assert.deepEqual(ids({ order: "epoch" }), [3, 2, 1]);
    assert.deepEqual(ids({ order: "-epoch" }), [1, 2, 3]);
  });

  it("cuts", () => {
    assert.deepEqual(ids({ offset: 1, limit: 1 }), [2]);
    assert.deepEqual(ids({ limit: 0 }), []);
    assert.deepEqual(ids(null), [1, 2, 3]);
  });

  it("counts, after cutting", () => {
    assert.equal(applyQueryOptions(rows(), { countOnly: true }, []), 3);
    assert.equal(applyQueryOptions(rows(), { countOnly: true, offset: 1 }, []), 2);
  });

  it("gives lists in the order of the columns", () => {
    assert.deepEqual(applyQueryOptions(rows(), { asList: true, limit: 1 }, ["name", "id"]), [["b", 1]]);
  });

  it("refuses what koji refuses", () => {
    assert.throws(() => ids({ order: "colour" }), { message: "<class 'Exception'>: Invalid order: colour", code: 1 });
    assert.throws(() => ids({ offset: -1 }), { message: "OFFSET must not be negative" });
    assert.throws(() => ids("all"), { message: "Invalid type for queryOpts: <class 'str'>" });
    assert.throws(() => ids({ group: "name" }), Unmodelled);
  });
});
