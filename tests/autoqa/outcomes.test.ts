import assert from "node:assert/strict";
import fc from "fast-check";
import { isVerdict, merge, outcomes } from "../../autoqa/outcomes";

describe("outcomes", () => {
  const some = fc.array(fc.constantFrom(...outcomes), { minLength: 1 });

  it("merge to the gravest, whatever the order", () => {
    fc.assert(
      fc.property(some, (all) => {
        const merged = merge(all);
        assert.ok(all.includes(merged));
        assert.ok(all.every((outcome) => outcomes.indexOf(outcome) <= outcomes.indexOf(merged)));
        assert.equal(merge([...all].reverse()), merged);
      }),
    );
  });

  it("need inspection when there are none", () => assert.equal(merge([]), "NEEDS_INSPECTION"));

  it("are verdicts unless AutoQA itself had troubles", () => {
    assert.deepEqual(outcomes.filter(isVerdict), ["PASSED", "INFO", "FAILED", "NEEDS_INSPECTION"]);
  });
});
