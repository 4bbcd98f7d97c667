import assert from "node:assert/strict";
import fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import {
  Asset,
  containsSecret,
  containsUnknown,
  decodeStruct,
  encodeStruct,
  Secret,
  secretStrings,
  UNKNOWN,
  type Value,
  type ValueMap,
  withoutSecrets,
} from "../../../../providers/libvirt/wire/values";
import { asset, SIGNATURE, secret, UNKNOWN as UNKNOWN_ON_WIRE } from "../support/plugin";

const { map } = fc.letrec<{ value: Value; map: ValueMap }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.string(),
    fc.constant(UNKNOWN),
    fc.string({ minLength: 1 }).map((path) => new Asset(path, undefined, undefined, undefined)),
    fc.string({ minLength: 1 }).map((text) => new Asset(undefined, text, undefined, "abc")),
    tie("value").map((value) => new Secret(value)),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("map"),
  ),
  map: fc.dictionary(
    fc.string().filter((name) => name !== "__proto__"),
    tie("value"),
    { maxKeys: 4, noNullPrototype: true },
  ),
}));

describe("values on the wire", () => {
  it("survive encoding and decoding, through the bytes of a message", () => {
    fc.assert(
      fc.property(map, (values) => {
        const bytes = encodeStruct(values).serializeBinary();
        assert.deepEqual(decodeStruct(Struct.deserializeBinary(bytes)), values);
      }),
    );
  });

  it("are decoded from what the SDK sends", () => {
    const sent = Struct.fromJavaScript({
      password: secret({ inner: "x" }),
      later: UNKNOWN_ON_WIRE,
      file: asset({ path: "/a", hash: "00" }),
      output: { [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", value: "v", secret: true, dependencies: [] },
      pending: { [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4" },
      // biome-ignore lint/suspicious/noExplicitAny: fromJavaScript is typed for other structures
    } as any);
    assert.deepEqual(decodeStruct(sent), {
      password: new Secret({ inner: "x" }),
      later: UNKNOWN,
      file: new Asset("/a", undefined, undefined, "00"),
      output: new Secret("v"),
      pending: UNKNOWN,
    });
  });

  it("say what is secret and what is unknown, at any depth", () => {
    const values = { a: [{ b: new Secret(["one", { c: "two" }]) }], d: "open", e: new Secret(UNKNOWN) };
    assert.deepEqual(secretStrings(values), ["one", "two"]);
    assert.equal(containsSecret(values), true);
    assert.equal(containsUnknown(values), true);
    assert.deepEqual(withoutSecrets(values), { a: [{ b: ["one", { c: "two" }] }], d: "open", e: UNKNOWN });
    assert.equal(containsSecret({ d: ["open"] }), false);
    assert.equal(containsUnknown({ d: ["open"] }), false);
  });

  it("have no secret left without secrets", () => {
    fc.assert(fc.property(map, (values) => !containsSecret(withoutSecrets(values))));
  });
});
