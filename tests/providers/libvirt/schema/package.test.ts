import assert from "node:assert/strict";
import { packageSchema } from "../../../../providers/libvirt/schema/package";

describe("the package schema", () => {
  const schema = packageSchema();

  it("has the four resources, with tokens as Pulumi forms them", () => {
    assert.deepEqual(Object.keys(schema.resources), [
      "libvirt:index/network:Network",
      "libvirt:index/pool:Pool",
      "libvirt:index/volume:Volume",
      "libvirt:index/domain:Domain",
    ]);
  });

  it("refers only to types that it has", () => {
    const references = [...JSON.stringify(schema).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, reference]) => reference ?? "",
    );
    const missing = references.filter(
      (reference) => reference !== "pulumi.json#/Asset" && !(reference.replace("#/types/", "") in schema.types),
    );
    assert.ok(references.length > 40);
    assert.deepEqual(missing, []);
  });

  it("has every input among the properties, and requires no output that is not there", () => {
    for (const { inputProperties, properties, required, requiredInputs } of Object.values(schema.resources)) {
      assert.deepEqual(
        Object.keys(inputProperties).filter((name) => !(name in properties)),
        [],
      );
      assert.deepEqual(
        required.filter((name) => !(name in properties)),
        [],
      );
      assert.deepEqual(
        requiredInputs.filter((name) => !(name in inputProperties)),
        [],
      );
    }
  });

  it("uses no name of two different types", () => {
    const shapes = new Map<string, string>();
    for (const [token, type] of Object.entries(schema.types)) {
      assert.match(token, /^libvirt:index\/[a-z]\w*:[A-Z]\w*$/);
      shapes.set(token.toLowerCase(), JSON.stringify(type));
    }
    assert.equal(shapes.size, Object.keys(schema.types).length);
  });

  it("uses no name that Pulumi reserves (pkg/codegen/schema/reserved_keywords.go in pulumi/pulumi)", () => {
    const names = [...Object.values(schema.resources), ...Object.values(schema.types)].flatMap(({ properties }) =>
      Object.keys(properties ?? {}),
    );
    assert.deepEqual(
      names.filter((name) => ["pulumi", "urn", "id"].includes(name)),
      [],
    );
    assert.deepEqual(
      Object.keys(schema.provider.inputProperties).filter((name) => ["pulumi", "version"].includes(name)),
      [],
    );
  });

  it("describes everything", () => {
    const described = (properties: Record<string, { description?: string }>) =>
      Object.entries(properties).filter(([, { description }]) => !description?.endsWith("."));
    for (const { inputProperties, properties } of Object.values(schema.resources)) {
      assert.deepEqual(described({ ...inputProperties, ...properties }), []);
    }
    for (const { properties } of Object.values(schema.types)) assert.deepEqual(described(properties ?? {}), []);
  });
});
