import assert from "node:assert/strict";
import fc from "fast-check";
import { descriptions } from "../../../../providers/libvirt/schema/package";
import {
  boolean,
  enumeration,
  integer,
  list,
  object,
  optional,
  pathOrAsset,
  required,
  string,
} from "../../../../providers/libvirt/schema/types";
import { validate } from "../../../../providers/libvirt/schema/validate";
import { Asset, type PlainMap, UNKNOWN } from "../../../../providers/libvirt/wire/values";
import { arbitraryOf } from "../support/arbitrary";

const properties = {
  name: required(string, ""),
  kind: optional(enumeration("Kind", "", ["kvm", "qemu"]), ""),
  disks: optional(list(object("Disk", "", { source: required(string, ""), readonly: optional(boolean, "") })), ""),
  port: optional(integer, ""),
  file: optional(pathOrAsset, ""),
};
const failuresOf = (values: PlainMap) =>
  validate(values, properties).map(({ property, reason }) => `${property}: ${reason}`);

describe("validation of inputs", () => {
  for (const { token, inputs } of descriptions) {
    it(`accepts whatever the schema of ${token} allows`, () => {
      fc.assert(
        fc.property(arbitraryOf(inputs), (values) => assert.deepEqual(validate(values as PlainMap, inputs), [])),
      );
    });
  }

  it("names a misspelt property, where it is, and the one that was meant", () => {
    assert.deepEqual(failuresOf({ name: "a", disks: [{ source: "a" }, { source: "a", readOnly: true }] }), [
      'disks[1].readOnly: unknown property "readOnly": did you mean "readonly"?',
    ]);
    assert.deepEqual(failuresOf({ nmae: "a" }), [
      'nmae: unknown property "nmae": did you mean "name"?',
      'name: missing required property "name"',
    ]);
  });

  it("lists what is known when nothing is near", () => {
    assert.deepEqual(failuresOf({ name: "a", hypervisor: "b" }), [
      'hypervisor: unknown property "hypervisor": known here: name, kind, disks, port, file',
    ]);
  });

  it("reports values of the wrong type", () => {
    assert.deepEqual(failuresOf({ name: 1, kind: "xen", disks: {}, port: 1.5, file: true }), [
      "name: a string expected, not 1",
      'kind: one of kvm, qemu expected, not "xen"',
      "disks: a list expected, not an object",
      "port: a whole number, not negative, expected, not 1.5",
      "file: a path or an asset expected, not true",
    ]);
    assert.deepEqual(failuresOf({ name: "a", port: -1 }), ["port: a whole number, not negative, expected, not -1"]);
    assert.deepEqual(failuresOf({ name: "a", disks: ["b"] }), ["disks[0]: an object expected, not a string"]);
  });

  it("refuses what XML cannot express, and remote assets", () => {
    assert.deepEqual(failuresOf({ name: "a\u0000" }), ["name: control characters are not allowed"]);
    assert.deepEqual(failuresOf({ name: "\ud800" }), ["name: control characters are not allowed"]);
    const remote = new Asset(undefined, undefined, "https://example.org/", undefined);
    assert.deepEqual(failuresOf({ name: "a", file: remote }), [
      "file: remote assets are not supported: give a local file",
    ]);
  });

  it("lets pass what a preview does not know yet", () => {
    assert.deepEqual(
      failuresOf({ name: UNKNOWN, kind: UNKNOWN, disks: [UNKNOWN, { source: UNKNOWN }], file: UNKNOWN }),
      [],
    );
  });
});
