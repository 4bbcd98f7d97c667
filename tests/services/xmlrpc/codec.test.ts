import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeCall, decodeResponse } from "../../../services/xmlrpc/decode";
import { encodeCall, encodeFault, encodeResponse } from "../../../services/xmlrpc/encode";
import { XmlError } from "../../../services/xmlrpc/scan";
import { DateTime, Double, pythonRepr, type Value } from "../../../services/xmlrpc/values";

const call = (params: string): string =>
  `<?xml version='1.0'?>\n<methodCall>\n<methodName>m</methodName>\n<params>\n${params}</params>\n</methodCall>\n`;
const param = (value: string): Value | undefined =>
  decodeCall(call(`<param>\n<value>${value}</value></param>\n`)).params[0];

/** What both sides of XML 1.0 can carry. */
const text = fc.string({ unit: "binary" }).map((value) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has none of them
  value.replace(/[\u0000-\u0008\u000b\u000c\u000d\u000e-\u001f\ufffe\uffff]/g, "").toString(),
);

const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => new Double(number === 0 ? 0 : number)),
    text,
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 4, noNullPrototype: false }),
  ),
})).value;

describe("services/xmlrpc", () => {
  it("reads back any value that it writes", () => {
    fc.assert(
      fc.property(value, (given) => {
        const response = decodeResponse(encodeResponse(given));
        assert.equal(response.kind, "value");
        assert.deepEqual(JSON.stringify((response as { value: Value }).value), JSON.stringify(given));
      }),
      { numRuns: 500 },
    );
  });

  it("reads back calls, methods with any name included", () => {
    fc.assert(
      fc.property(text, fc.array(value, { maxLength: 3 }), (method, params) => {
        const decoded = decodeCall(encodeCall(method, params));
        assert.equal(decoded.method, method);
        assert.equal(JSON.stringify(decoded.params), JSON.stringify(params));
      }),
      { numRuns: 200 },
    );
  });

  it("reads what Python's and Perl's clients send", () => {
    assert.equal(param("text without a type"), "text without a type");
    assert.equal(param("<string></string>"), "");
    assert.equal(param("<string/>"), "");
    assert.equal(param("\n<int> 12 </int>\n"), 12);
    assert.equal(param("<i8>9007199254740993</i8>"), 9007199254740993n);
    assert.equal(param("<nil/>"), null);
    assert.equal(param("<string>a<![CDATA[<b>&]]>c</string>"), "a<b>&c");
    assert.equal(param("<string>&#65;&#x42;&lt;</string>"), "AB<");
    assert.deepEqual(
      param("<dateTime.iso8601>20110521T17:16:58</dateTime.iso8601>"),
      new DateTime("20110521T17:16:58"),
    );
    assert.deepEqual(decodeCall("\ufeff<methodCall><methodName>x</methodName></methodCall>"), {
      method: "x",
      params: [],
    });
    assert.deepEqual(
      decodeCall("<!-- a --><methodCall><methodName>x</methodName><params/></methodCall><!-- b -->").params,
      [],
    );
  });

  it("keeps members of any name apart from the prototype", () => {
    const struct = param("<struct><member><name>__proto__</name><value><int>1</int></value></member></struct>");
    assert.deepEqual(Object.keys(struct as object), ["__proto__"]);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });

  it("writes numbers as Python's clients read them", () => {
    assert.match(encodeResponse(2 ** 31 - 1), /<int>2147483647<\/int>/);
    assert.match(encodeResponse(2 ** 31), /<i8>2147483648<\/i8>/);
    assert.match(encodeResponse(new Double(1305998218)), /<double>1305998218\.0<\/double>/);
    assert.match(encodeResponse(new Double(1305998218.584573)), /<double>1305998218\.584573<\/double>/);
  });

  it("writes no character that XML forbids", () => {
    assert.match(encodeResponse("a\u0000b\u0008c\ud800d\ufffe"), /<string>a\ufffdb\ufffdc\ufffdd\ufffd<\/string>/);
    assert.match(encodeResponse("\u{1f37a}"), /<string>\u{1f37a}<\/string>/u);
  });

  it("tells faults", () => {
    assert.deepEqual(decodeResponse(encodeFault(1014, "server is offline")), {
      kind: "fault",
      code: 1014,
      message: "server is offline",
    });
  });

  const refused: Readonly<Record<string, string>> = {
    "a document type": '<!DOCTYPE x [<!ENTITY a "b">]><methodCall><methodName>x</methodName></methodCall>',
    "an entity of its own": call("<param><value>&lol;</value></param>"),
    "an entity without an end": call("<param><value>&amp</value></param>"),
    "a character that XML forbids": call("<param><value>&#0;</value></param>"),
    "half a surrogate pair": call("<param><value>&#xD800;</value></param>"),
    "an element that is not closed": "<methodCall><methodName>x</methodName>",
    "elements that cross": "<methodCall><methodName>x</params></methodCall>",
    "junk at the end": "<methodCall><methodName>x</methodName></methodCall>junk",
    "two documents": "<methodCall><methodName>x</methodName></methodCall><methodCall/>",
    "a type that does not exist": call("<param><value><float32>1</float32></value></param>"),
    "the prototype as a type": call("<param><value><constructor>1</constructor></value></param>"),
    "an int that is none": call("<param><value><int>twelve</int></value></param>"),
    "an int of 500 digits": call(`<param><value><int>${"9".repeat(500)}</int></value></param>`),
    "a boolean that is none": call("<param><value><boolean>2</boolean></value></param>"),
    "a double that is none": call("<param><value><double>NaN</double></value></param>"),
    "base64 that is none": call("<param><value><base64>*</base64></value></param>"),
    "text between elements": call("<param>text<value/></param>"),
    nothing: "",
    "no XML": "GET / HTTP/1.0",
  };
  for (const [what, source] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => decodeCall(source), XmlError);
    });
  }

  it("refuses values nested without end, in bounded time", () => {
    const deep = `${"<value><array><data>".repeat(50_000)}`;
    assert.throws(() => decodeCall(call(`<param>${deep}`)), /nested too deeply/);
  });

  it("takes time linear in what it is sent, whatever that is", () => {
    for (const part of ["&", "<", "<a ", "&#", "<![CDATA[", "<!--", "<value>", "&amp;", "]]>", " <"]) {
      const started = performance.now();
      assert.throws(() => decodeCall(`<methodCall><methodName>${part.repeat(200_000)}`), XmlError);
      assert.ok(performance.now() - started < 2000, `${part} took ${performance.now() - started} ms`);
    }
  });

  it("shows values as Python does", () => {
    assert.equal(
      pythonRepr(["it's", 1, null, true, new Double(2), { a: "b" }]),
      `["it's", 1, None, True, 2.0, {'a': 'b'}]`,
    );
  });

  it("refuses the longest number that is none in a moment", () => {
    const started = performance.now();
    assert.throws(() => param(`<double>${"1".repeat(1_000_000)}x</double>`), XmlError);
    assert.ok(performance.now() - started < 1000, `${performance.now() - started} ms`);
  });
});
