import assert from "node:assert/strict";
import fc from "fast-check";
import { changedKeys, diffMaps, diffValues } from "../../../engine/values/diff";
import { deepEquals, isMap, type PropertyValue, Secret } from "../../../engine/values/property";
import { propertyMap } from "../arbitraries";

describe("differences of values", () => {
  it("are found exactly where values differ, null being as good as absent", () => {
    fc.assert(
      fc.property(propertyMap, propertyMap, (olds, news) => {
        assert.equal(diffMaps(olds, news) === undefined, deepEquals(withoutNulls(olds), withoutNulls(news)));
      }),
    );
  });

  it("do not exist between equals", () => {
    fc.assert(fc.property(propertyMap, (map) => assert.equal(diffMaps(map, { ...map }), undefined)));
  });

  it("name what was added, deleted and changed", () => {
    const diff = diffMaps({ a: 1, b: { c: 1, d: [1, 2] }, e: 1 }, { a: 1, b: { c: 2, d: [1] }, f: 1 });
    assert.ok(diff);
    assert.deepEqual(changedKeys(diff), ["b", "e", "f"]);
    assert.deepEqual(diff.adds, { f: 1 });
    assert.deepEqual(diff.deletes, { e: 1 });
    assert.deepEqual(diff.sames, { a: 1 });
    assert.deepEqual(diff.updates.b?.map?.updates.d?.list?.deletes, { 1: 2 });
  });

  it("treat null as absent", () => {
    assert.equal(diffMaps({ a: null }, {}), undefined);
    assert.equal(diffMaps({}, { a: null }), undefined);
  });

  it("do not look into secrets", () => {
    const diff = diffValues(new Secret({ a: 1 }), new Secret({ a: 2 }));
    assert.ok(diff && !diff.map);
  });
});

/** Maps without keys that hold null; what is inside a secret is compared as it is. */
function withoutNulls(value: PropertyValue): PropertyValue {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}
