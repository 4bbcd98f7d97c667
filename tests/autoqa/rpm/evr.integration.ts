/** RPM's own word on thousands of generated pairs. Needs rpm. */
import assert from "node:assert/strict";
import { compareEvr, parseEvr } from "../../../autoqa/rpm/evr";
import { comparedByRpm } from "./versions";

describe("RPM's version comparison, by RPM itself", function () {
  this.timeout(60_000);

  it("agrees on 20,000 pairs", () => {
    const pairs = comparedByRpm();
    for (const { a, b, order } of pairs) assert.equal(compareEvr(parseEvr(a), parseEvr(b)), order, `${a} and ${b}`);
    for (const order of [-1, 0, 1]) {
      assert.ok(pairs.filter((pair) => pair.order === order).length > 200, `hardly any pair is of order ${order}`);
    }
    for (const sign of ["~", "^", ":"]) assert.ok(pairs.filter(({ a }) => a.includes(sign)).length > 1000, sign);
  });
});
