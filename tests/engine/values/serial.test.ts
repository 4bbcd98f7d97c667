import assert from "node:assert/strict";
import fc from "fast-check";
import type { Crypter } from "../../../engine/secrets/crypter";
import { deepEquals, Secret } from "../../../engine/values/property";
import { deserializeMap, encrypting, revealing, serializeMap } from "../../../engine/values/serial";
import { propertyMap } from "../arbitraries";

/** Reverses texts: enough to tell what was encrypted from what was not. */
const reversing: Crypter = {
  encrypt: (plaintext) => `x${[...plaintext].reverse().join("")}`,
  decrypt: (ciphertext) => [...ciphertext.slice(1)].reverse().join(""),
};

describe("values in a state file", () => {
  it("come back as they went, encrypted or in the clear", () => {
    fc.assert(
      fc.property(propertyMap, fc.constantFrom(encrypting(reversing), revealing), (map, writer) => {
        const text = JSON.stringify(serializeMap(map, writer, "place"));
        assert.ok(deepEquals(deserializeMap(JSON.parse(text), reversing, "place"), map), text);
      }),
    );
  });

  it("hold the JSON text of a secret as its ciphertext, and nothing of it in the clear", () => {
    const json = serializeMap({ key: new Secret({ a: ["hidden", 1] }) }, encrypting(reversing), "place");
    assert.deepEqual(json, {
      key: {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        ciphertext: `x${[...'{"a":["hidden",1]}'].reverse().join("")}`,
      },
    });
  });

  it("ask for encryption at the place where the secret is", () => {
    const places: string[] = [];
    const noting: Crypter = {
      encrypt: (_plaintext, where) => {
        places.push(where ?? "");
        return "";
      },
      decrypt: () => "",
    };
    serializeMap({ list: [1, { inner: new Secret(1) }], top: new Secret(2) }, encrypting(noting), "urn inputs");
    assert.deepEqual(places, ["urn inputs.list[1].inner", "urn inputs.top"]);
  });

  it("have sorted keys", () => {
    const text = JSON.stringify(serializeMap({ b: 1, a: { d: 1, c: 2 } }, revealing, ""));
    assert.equal(text, '{"a":{"c":2,"d":1},"b":1}');
  });
});
