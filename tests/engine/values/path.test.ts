import assert from "node:assert/strict";
import { PathError, parsePath, pathContains, resetAt } from "../../../engine/values/path";
import { Secret } from "../../../engine/values/property";

describe("property paths", () => {
  it("are read as the official CLI reads them", () => {
    assert.deepEqual(parsePath("root"), ["root"]);
    assert.deepEqual(parsePath("root.nested"), ["root", "nested"]);
    assert.deepEqual(parsePath('root["nested"]'), ["root", "nested"]);
    assert.deepEqual(parsePath("root.array[0].nested"), ["root", "array", 0, "nested"]);
    assert.deepEqual(parsePath('root["key with \\"escaped\\" quotes"]'), ["root", 'key with "escaped" quotes']);
    assert.deepEqual(parsePath('["root key with a ."][1][2]'), ["root key with a .", 1, 2]);
    assert.deepEqual(parsePath("list[*].b"), ["list", "*", "b"]);
    assert.deepEqual(parsePath("*"), ["*"]);
  });

  for (const bad of ["", ".a", "a[", "a[x]", 'a["b]', "a..b"]) {
    it(`refuse ${JSON.stringify(bad)}`, () => assert.throws(() => parsePath(bad), PathError));
  }

  it("contain what lies below them", () => {
    const contains = (pattern: string, path: string) => pathContains(parsePath(pattern), parsePath(path));
    assert.ok(contains("a", "a.b.c"));
    assert.ok(contains("a[*].b", "a[3].b"));
    assert.ok(contains("*", "anything.at.all"));
    assert.ok(!contains("a.b", "a"));
    assert.ok(!contains("a[1]", "a[2]"));
  });

  it("lead through secrets", () => {
    const olds = { a: new Secret([{ b: 7, c: 1 }]) };
    const news = { a: new Secret([{ b: 8, c: 2 }]) };
    assert.deepEqual(resetAt(olds, news, parsePath("a[0].b")), { a: new Secret([{ b: 7, c: 2 }]) });
  });

  it("put old values back", () => {
    const olds = { spec: { size: 1, colour: "red" }, list: [{ b: 1 }, { b: 2 }], gone: 3 };
    const news = { spec: { size: 2, colour: "blue" }, list: [{ b: 9 }, { b: 8 }], added: 4 };
    assert.deepEqual(resetAt(olds, news, parsePath("spec.colour")), { ...news, spec: { size: 2, colour: "red" } });
    assert.deepEqual(resetAt(olds, news, parsePath("list[1]")), { ...news, list: [{ b: 9 }, { b: 2 }] });
    assert.deepEqual(resetAt(olds, news, parsePath("list[*].b")), { ...news, list: [{ b: 1 }, { b: 2 }] });
    assert.deepEqual(resetAt(olds, news, parsePath("added")), { spec: news.spec, list: news.list });
    assert.deepEqual(resetAt(olds, news, parsePath("gone")), { ...news, gone: 3 });
    assert.deepEqual(resetAt(olds, news, parsePath("*")), olds);
  });

  it("say so when there is nothing to put back", () => {
    assert.equal(resetAt({ list: [1] }, { list: [1, 2] }, parsePath("list[1]")), undefined);
    assert.equal(resetAt({}, { list: [{ a: 1 }] }, parsePath("list[0].a")), undefined);
  });
});
