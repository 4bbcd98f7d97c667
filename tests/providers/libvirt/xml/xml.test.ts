import assert from "node:assert/strict";
import fc from "fast-check";
import { buildXml, parseXml } from "../../../../providers/libvirt/xml/xml";

const text = fc
  .string({
    unit: fc.oneof(fc.constantFrom(..."<>&\"'\n\t\r ]"), fc.string({ unit: "binary", minLength: 1, maxLength: 1 })),
  })
  .filter((value) => !/[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/u.test(value));

describe("XML", () => {
  it("carries any text, in elements and in attributes", () => {
    fc.assert(
      fc.property(text, text, (value, attribute) => {
        const root = parseXml(
          buildXml({ root: { "@name": attribute, item: [{ "#": value }, { "@name": value }] } }),
          "root",
        );
        assert.equal(root.attribute("name"), attribute);
        assert.equal(root.child("item")?.text, value);
        assert.equal(root.children("item")[1]?.attribute("name"), value);
      }),
    );
  });

  it("carries long text with many escapes", () => {
    const long = '<&\n">'.repeat(20_000);
    assert.equal(parseXml(buildXml({ root: { item: long } }), "root").child("item")?.text, long);
  });

  it("leaves out what is undefined, at any depth", () => {
    assert.equal(
      buildXml({ a: { "@b": undefined, c: undefined, d: [undefined, { "@e": undefined }] } }).trim(),
      "<a>\n  <d/>\n</a>",
    );
  });

  it("is read by name, in order, with nothing where nothing is", () => {
    const root = parseXml("<a><b n='1'/><c><d>x</d></c><b n='2'/></a>", "a");
    assert.deepEqual(
      root.children("b").map((node) => node.attribute("n")),
      ["1", "2"],
    );
    assert.equal(root.at("c", "d")?.text, "x");
    assert.equal(root.at("c", "e", "f"), undefined);
    assert.equal(root.child("b")?.attribute("m"), undefined);
    assert.throws(() => parseXml("<a/>", "b"), /something else than a <b> document/);
  });
});
