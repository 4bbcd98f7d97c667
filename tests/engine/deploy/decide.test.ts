import assert from "node:assert/strict";
import {
  diffInputs,
  ignoreChanges,
  invert,
  replaceOnChanges,
  replaces,
  triggered,
} from "../../../engine/deploy/decide";
import type { DiffResult } from "../../../engine/plugins/provider";
import { Secret, UNKNOWN } from "../../../engine/values/property";

const some = (more: Partial<DiffResult>): DiffResult => ({
  changes: "some",
  replaceKeys: [],
  changedKeys: [],
  deleteBeforeReplace: false,
  detailed: undefined,
  ...more,
});

describe("decisions", () => {
  it("find the difference of inputs, secretness aside, with the path of each change", () => {
    const diff = diffInputs({ a: { b: [1, 2] }, gone: 1, s: new Secret("x") }, { a: { b: [1, 3] }, new: 1, s: "x" });
    assert.deepEqual(diff.changedKeys, ["a", "gone", "new"]);
    assert.deepEqual(diff.detailed, {
      "a.b[1]": { kind: "update", inputDiff: true },
      gone: { kind: "delete", inputDiff: true },
      new: { kind: "add", inputDiff: true },
    });
    assert.equal(diffInputs({ a: 1 }, { a: 1 }).changes, "none");
  });

  it("turn changes into replacements where replaceOnChanges says so", () => {
    const diff = some({
      changedKeys: ["spec", "other"],
      detailed: { "spec.size": { kind: "add", inputDiff: true }, "spec.colour": { kind: "update", inputDiff: true } },
    });
    const sized = replaceOnChanges(diff, ["spec.size"], false);
    assert.equal(sized.detailed?.["spec.size"]?.kind, "add-replace");
    assert.equal(sized.detailed?.["spec.colour"]?.kind, "update");
    assert.ok(replaces(sized) && !replaces(diff));
    assert.deepEqual(replaceOnChanges(diff, ["*"], false).replaceKeys, ["spec", "other"]);
    assert.ok(!replaces(replaceOnChanges({ ...diff, changes: "none" }, ["*"], false)));
    assert.ok(replaces(replaceOnChanges({ ...diff, changes: "none" }, ["#initerror"], true)));
  });

  it("put ignored values back, and name those that cannot be", () => {
    const { inputs, invalid } = ignoreChanges({ a: 2, list: [1, 2] }, { a: 1, list: [1] }, [
      "a",
      "list[1]",
      "not a[path",
    ]);
    assert.deepEqual(inputs, { a: 1, list: [1, 2] });
    assert.deepEqual(invalid, ["list[1]"]);
  });

  it("take a trigger for pulled when it changed or is not known", () => {
    assert.ok(triggered("a", "b"));
    assert.ok(triggered({ a: 1 }, { a: UNKNOWN }));
    assert.ok(!triggered("a", new Secret("a")));
    assert.ok(!triggered(undefined, "a"));
    assert.ok(!triggered("a", undefined));
  });

  it("see a diff from the other side", () => {
    const diff = some({
      detailed: { a: { kind: "add", inputDiff: true }, b: { kind: "delete-replace", inputDiff: true } },
    });
    assert.deepEqual(invert(diff).detailed, {
      a: { kind: "delete", inputDiff: true },
      b: { kind: "add-replace", inputDiff: true },
    });
  });
});
