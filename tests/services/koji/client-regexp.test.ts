import assert from "node:assert/strict";
import { matchAll } from "../../../services/koji/client-regexp";

describe("services/koji/client-regexp", () => {
  const names = Array.from({ length: 25_000 }, (_, index) => `package${index}-1.0-1.fc40.with-a-name-of-some-length`);

  it("finds names as koji's search does: anywhere in them, case aside", () => {
    assert.deepEqual([...(matchAll("^PACKAGE2499\\d-", names) as ReadonlySet<string>)].length, 10);
    assert.deepEqual(matchAll("e1-|e2-", names), new Set([names[1], names[2]]));
  });

  it("tells what is no expression", () => {
    assert.equal(matchAll("(", names), "invalid");
    assert.equal(matchAll("[z-a]", names), "invalid");
  });

  it("gives up in a moment what would backtrack for ever", () => {
    for (const expression of ["(.|.)*!", ".*.*.*.*.*.*!", "(a+)+$!", "((a*)*)*!", "(x+x+)+y|(.*)*!"]) {
      const started = performance.now();
      const found = matchAll(expression, names);
      assert.ok(found === "slow" || (found as ReadonlySet<string>).size === 0, expression);
      assert.ok(performance.now() - started < 1000, `${expression}: ${performance.now() - started} ms`);
    }
    assert.equal(matchAll("(.|.)*!", names), "slow");
  });
});
