import assert from "node:assert/strict";
import fc from "fast-check";
import { editDistance, nearest } from "../../../../providers/libvirt/schema/nearest";

describe("the nearest name", () => {
  it("counts edits, a swap of neighbours being one", () => {
    assert.equal(editDistance("sorce", "source"), 1);
    assert.equal(editDistance("tpye", "type"), 1);
    assert.equal(editDistance("", "abc"), 3);
    assert.equal(editDistance("kitten", "sitting"), 3);
  });

  it("is a symmetric distance, zero only for the same", () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(
        word,
        word,
        (a, b) => editDistance(a, b) === editDistance(b, a) && (editDistance(a, b) === 0) === (a === b),
      ),
    );
  });

  it("is what was probably meant, or nothing", () => {
    const known = ["memory", "memballoon", "name", "vcpu"];
    assert.equal(nearest("memroy", known), "memory");
    assert.equal(nearest("VCPU", known), "vcpu");
    assert.equal(nearest("nme", known), "name");
    assert.equal(nearest("architecture", known), undefined);
  });
});
