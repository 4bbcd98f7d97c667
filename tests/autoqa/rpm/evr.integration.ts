/** RPM's own word on thousands of generated pairs. Needs rpm. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { compareEvr, parseEvr } from "../../../autoqa/rpm/evr";
import { anyVersion, version } from "./versions";

const pairsAtOnce = 1000;

describe("RPM's version comparison, by RPM itself", function () {
  this.timeout(60_000);

  it("agrees on 20,000 pairs", () => {
    const evr = fc
      .tuple(fc.option(fc.nat(2)), version, anyVersion)
      .map(([epoch, v, r]) => `${epoch === null ? "" : `${epoch}:`}${v}-${r}`);
    // Which separator it is does not count, so these are mostly equal.
    const respelt = version.map((v) => [v, v.replaceAll(".", "_")]);
    const pair = fc.oneof(fc.tuple(version, version), fc.tuple(anyVersion, anyVersion), fc.tuple(evr, evr), respelt);
    const pairs = fc.sample(pair, { numRuns: 20_000, seed: 5 });
    const counts = new Map<number, number>();
    for (let i = 0; i < pairs.length; i += pairsAtOnce) {
      const some = pairs.slice(i, i + pairsAtOnce);
      const calls = some.map(([a = "", b = ""]) => `print(rpm.vercmp("${a}","${b}"));print(" ")`);
      const printed = execFileSync("rpm", ["--eval", `%{lua:${calls.join(";")}}`], { encoding: "utf8" });
      const expected = printed.trim().split(/\s+/).map(Number);
      assert.equal(expected.length, some.length);
      some.forEach(([a = "", b = ""], k) => {
        assert.equal(compareEvr(parseEvr(a), parseEvr(b)), expected[k], `${a} and ${b}`);
        counts.set(expected[k] ?? 9, (counts.get(expected[k] ?? 9) ?? 0) + 1);
      });
    }
    assert.ok(
      [...counts.values()].every((count) => count > 200),
      `every order is met: ${[...counts]}`,
    );
  });
});
