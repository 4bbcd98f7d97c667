import assert from "node:assert/strict";
import fc from "fast-check";
import { compareEvr, compareVersions, parseEvr } from "../../../autoqa/rpm/evr";
import { version } from "./versions";

describe("RPM's version comparison", () => {
  for (const [smaller, larger] of [
    ["1.0", "1.1"],
    ["1.9", "1.10"],
    ["1.0~rc1", "1.0"],
    ["1.0~~", "1.0~"],
    ["1.0", "1.0^git1"],
    ["1.0^git1", "1.0.1"],
    ["1.0~rc1^git", "1.0"],
    ["1.a", "1.1"],
    ["1", "1.0"],
    ["99999999999999999998", "99999999999999999999"],
  ] as const) {
    it(`puts ${smaller} before ${larger}`, () => {
      assert.deepEqual([compareVersions(smaller, larger), compareVersions(larger, smaller)], [-1, 1]);
    });
  }

  it("disregards separators and leading zeros", () => {
    assert.equal(compareVersions("1.0", "1_00"), 0);
    assert.equal(compareVersions("1..0", "1.0."), 0);
  });

  it("is antisymmetric", () => {
    fc.assert(fc.property(version, version, (a, b) => assert.equal(compareVersions(a, b), 0 - compareVersions(b, a))));
  });

  it("puts the epoch first, then the version, then the release", () => {
    assert.equal(compareEvr(parseEvr("1:1-1"), parseEvr("2-1")), 1);
    assert.equal(compareEvr(parseEvr("0:1-1"), parseEvr("1-1")), 0);
    assert.equal(compareEvr(parseEvr("1-2.fc15"), parseEvr("1-1.fc16")), 1);
    assert.equal(compareEvr(parseEvr("1"), parseEvr("1-5")), 0);
  });

  it("parses what dependencies have", () => {
    assert.deepEqual(parseEvr("1:2.0-3.fc15"), { epoch: 1, version: "2.0", release: "3.fc15" });
    assert.deepEqual(parseEvr("2.0"), { epoch: undefined, version: "2.0" });
    assert.deepEqual(parseEvr(":2.0-1"), { epoch: undefined, version: "2.0", release: "1" });
  });
});
