import assert from "node:assert/strict";
import fc from "fast-check";
import { compareEvr, compareVersions } from "../../../services/world/evr";

/** From rpm's own test suite (tests/rpmvercmp.at): the comparisons that its documentation names. */
const CASES: readonly [string, string, number][] = [
  ["1.0", "1.0", 0],
  ["1.0", "2.0", -1],
  ["2.0.1", "2.0.1a", -1],
  ["5.5p1", "5.5p10", -1],
  ["10xyz", "10.1xyz", -1],
  ["xyz10", "xyz10.1", -1],
  ["xyz.4", "8", -1],
  ["5.5p2", "5.6p1", -1],
  ["6.0.rc1", "6.0", 1],
  ["10b2", "10a1", 1],
  ["1.0aa", "1.0a", 1],
  ["10.0001", "10.1", 0],
  ["10.0001", "10.0039", -1],
  ["4.999.9", "5.0", -1],
  ["20101121", "20101122", -1],
  ["2_0", "2.0", 0],
  ["a+", "a_", 0],
  ["+_", "_+", 0],
  ["1.0~rc1", "1.0", -1],
  ["1.0~rc1", "1.0~rc2", -1],
  ["1.0~rc1~git123", "1.0~rc1", -1],
  ["1.0^", "1.0", 1],
  ["1.0^git1", "1.0", 1],
  ["1.0^git1", "1.01", -1],
  ["1.0~rc1^git1", "1.0~rc1", 1],
  ["1.0^git1~pre", "1.0^git1", -1],
  ["1.0.", "1.0", 0],
  ["fc4", "fc.4", 0],
  ["FC5", "fc4", -1],
];

describe("services/world/evr", () => {
  for (const [a, b, expected] of CASES) {
    it(`${a} against ${b}`, () => {
      assert.equal(Math.sign(compareVersions(a, b)), expected);
      assert.equal(Math.sign(compareVersions(b, a)), 0 - expected);
    });
  }

  it("lets the epoch decide first, absent counting as 0", () => {
    const evr = (epoch: number | null, version: string, release = "1") => ({ epoch, version, release });
    assert.ok(compareEvr(evr(1, "1.0"), evr(null, "2.0")) > 0);
    assert.equal(compareEvr(evr(0, "1.0"), evr(null, "1.0")), 0);
    assert.ok(compareEvr(evr(null, "1.0", "2.fc15"), evr(null, "1.0", "1.fc15")) > 0);
  });

  it("is an order", () => {
    const version = fc.string({ unit: fc.constantFrom("0", "1", "9", "a", "b", ".", "~", "^", "-"), maxLength: 6 });
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        assert.equal(compareVersions(a, a), 0);
        assert.equal(Math.sign(compareVersions(a, b)), 0 - Math.sign(compareVersions(b, a)));
        const [x, y, z] = [a, b, c].sort(compareVersions) as [string, string, string];
        assert.ok(compareVersions(x, z) <= 0, `${x} ${y} ${z}`);
      }),
      { numRuns: 2000 },
    );
  });
});
