import assert from "node:assert/strict";
import fc from "fast-check";
import {
  Archive,
  Asset,
  deepEquals,
  type PropertyMap,
  type PropertyValue,
  ResourceReference,
  Secret,
  UNKNOWN,
} from "../../../engine/values/property";
import { decodeValue, EVERYTHING, encodeMap, encodeValue, fromStruct, toStruct } from "../../../engine/values/wire";
import { propertyMap } from "../arbitraries";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

describe("values on the wire", () => {
  it("come back as they went, whatever they are", () => {
    fc.assert(
      fc.property(propertyMap, (map) => {
        const back = fromStruct(toStruct(map, EVERYTHING));
        assert.ok(deepEquals(back, map), JSON.stringify(encodeMap(back, EVERYTHING)));
      }),
    );
  });

  it("mark secrets, unknowns, assets and resources with the official signatures", () => {
    const map: PropertyMap = {
      secret: new Secret("s"),
      unknown: UNKNOWN,
      asset: new Asset({ path: "a.txt", hash: "abc" }),
      archive: new Archive({ assets: { "x.txt": new Asset({ text: "x" }) } }),
      resource: new ResourceReference("urn:pulumi:s::p::a:b:C::c", "id-1", ""),
    };
    assert.deepEqual(encodeMap(map, EVERYTHING), {
      archive: {
        [SIGNATURE]: "0def7320c3a5731c473e5ecbe6d01bc7",
        assets: { "x.txt": { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", text: "x" } },
      },
      asset: { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", path: "a.txt", hash: "abc" },
      resource: { [SIGNATURE]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn:pulumi:s::p::a:b:C::c", id: "id-1" },
      secret: { [SIGNATURE]: SECRET, value: "s" },
      unknown: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    });
  });

  it("lose what the other side does not understand, and nothing else", () => {
    const plain = { secrets: false, unknowns: false, resources: false };
    const value: PropertyValue = {
      a: new Secret({ b: 1 }),
      c: UNKNOWN,
      d: [UNKNOWN, 2],
      e: new ResourceReference("urn:pulumi:s::p::a:b:C::c", "id-1", ""),
      f: new ResourceReference("urn:pulumi:s::p::a:b:C::component", undefined, ""),
    };
    assert.deepEqual(encodeValue(value, plain), {
      a: { b: 1 },
      d: [null, 2],
      e: "id-1",
      f: "urn:pulumi:s::p::a:b:C::component",
    });
  });

  it("understand output values: unknown without a value, secret when they say so", () => {
    const output = { [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4" };
    assert.equal(decodeValue(output), UNKNOWN);
    assert.equal(decodeValue({ ...output, value: "v" }), "v");
    assert.deepEqual(decodeValue({ ...output, value: "v", secret: true }), new Secret("v"));
  });

  it("never wrap a secret twice", () => {
    const twice = { [SIGNATURE]: SECRET, value: { [SIGNATURE]: SECRET, value: 1 } };
    assert.deepEqual(decodeValue(twice), new Secret(1));
  });

  it("tell an asset with an empty text from one without contents", () => {
    const asset = decodeValue({ [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", text: "" });
    assert.deepEqual(asset, new Asset({ text: "" }));
  });
});
