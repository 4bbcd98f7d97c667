import assert from "node:assert/strict";
import { qualifyKey, shortKey } from "../../../engine/project/configKey";
import { containsSecure, resolveConfig } from "../../../engine/project/configValue";

const crypter = { encrypt: (text: string) => text, decrypt: (text: string) => `plain ${text}` };

describe("configuration keys", () => {
  it("belong to the project unless they say otherwise", () => {
    assert.equal(qualifyKey("a", "p"), "p:a");
    assert.equal(qualifyKey("aws:region", "p"), "aws:region");
    assert.equal(qualifyKey("aws:config:region", "p"), "aws:region");
    assert.equal(shortKey("p:a", "p"), "a");
    assert.equal(shortKey("aws:region", "p"), "aws:region");
  });

  for (const bad of ["", ":", "a:", ":a", "a:b:c", "a:b:c:d"]) {
    it(`are not ${JSON.stringify(bad)}`, () => assert.throws(() => qualifyKey(bad, "p"), /invalid configuration key/));
  }
});

describe("configuration values", () => {
  it("reach the program as text, structured ones as JSON", () => {
    const text = (value: Parameters<typeof resolveConfig>[0]) => resolveConfig(value, () => crypter).text;
    assert.equal(text("a"), "a");
    assert.equal(text(1.5), "1.5");
    assert.equal(text(true), "true");
    assert.equal(text(null), "");
    assert.equal(text({ a: [1, { secure: "x" }] }), '{"a":[1,"plain x"]}');
  });

  it("are secret when any part of them is, and say which parts", () => {
    const value = { a: ["open", { secure: "x" }] };
    assert.ok(containsSecure(value));
    const resolved = resolveConfig(value, () => crypter);
    assert.ok(resolved.secret);
    assert.deepEqual(resolved.secrets, ["plain x"]);
  });

  it("do not need the key when nothing is secret", () => {
    const never = () => {
      throw new Error("no key");
    };
    assert.equal(resolveConfig({ a: 1 }, never).text, '{"a":1}');
    assert.throws(() => resolveConfig({ secure: "x" }, never), /no key/);
  });
});
