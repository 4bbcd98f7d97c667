import assert from "node:assert/strict";
import fc from "fast-check";
import { editDistance, formatPath, nearest } from "../../../scenarios/format/problem";

describe("editDistance", () => {
  const word = fc.string({ maxLength: 8 });

  it("counts insertions, deletions, substitutions and swaps", () => {
    assert.equal(editDistance("requirs", "requires"), 1);
    assert.equal(editDistance("reuqires", "requires"), 1);
    assert.equal(editDistance("", "abc"), 3);
    assert.equal(editDistance("kitten", "sitting"), 3);
  });

  it("is a symmetric measure that only equal words have at 0", () => {
    fc.assert(
      fc.property(word, word, (one, other) => {
        assert.equal(editDistance(one, other), editDistance(other, one));
        assert.equal(editDistance(one, other) === 0, one === other);
        assert.ok(editDistance(one, other) <= Math.max(one.length, other.length));
      }),
    );
  });
});

describe("nearest", () => {
  it("finds what was meant, and nothing where nothing is near", () => {
    assert.equal(nearest("Sumary", ["license", "summary"]), "summary");
    assert.equal(nearest("zzz", ["license", "summary"]), undefined);
  });
});

describe("formatPath", () => {
  it("writes a path as one reads it", () => {
    assert.equal(
      formatPath(["builds", 0, "recipe", "files", "/usr/bin/x", "mode"]),
      'builds[0].recipe.files["/usr/bin/x"].mode',
    );
    assert.equal(formatPath([]), "");
  });
});
