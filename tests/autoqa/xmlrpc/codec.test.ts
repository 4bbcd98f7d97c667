import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeResponse,
  encodeCall,
  XmlRpcFault,
  XmlRpcSyntaxError,
  type XmlRpcValue,
} from "../../../autoqa/xmlrpc/codec";
import { decodeCall } from "../../../services/xmlrpc/decode";
import { encodeFault, encodeResponse } from "../../../services/xmlrpc/encode";
import type { Value } from "../../../services/xmlrpc/values";

/** Text without what XML cannot carry at all. */
const text = fc.string({ unit: "grapheme" }).map((value) => value.replace(/[^\t\n\x20-\uD7FF\uE000-\uFFFD]/g, ""));

const { value: anyValue } = fc.letrec<{ value: XmlRpcValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    text,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

describe("XML-RPC codec", () => {
  it("reads what another encoder writes", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        assert.deepEqual(decodeResponse(encodeResponse(value as Value)), value);
      }),
    );
  });

  it("writes calls that another decoder reads", () => {
    const plain = anyValue.filter((value) => !JSON.stringify(value).includes("__starstar"));
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 3 }), (parameters) => {
        const { method, params } = decodeCall(encodeCall("listTagged", parameters));
        assert.deepEqual([method, JSON.parse(JSON.stringify(params, big))], ["listTagged", parameters]);
      }),
    );
  });

  it("reads values without a type, with white space, prolog and comments, as other servers write them", () => {
    const xml = `<?xml version="1.0"?>
      <!-- koji -->
      <methodResponse>
        <params><param>
          <value><array><data>
            <value>plain &amp; simple</value> <value><string/></value> <value><i4>7</i4></value>
            <value><double>1.5</double></value> <value><struct/></value> <value><nil></nil></value><value/>
          </data></array></value>
        </param></params>
      </methodResponse>`;
    assert.deepEqual(decodeResponse(xml), ["plain & simple", "", 7, 1.5, {}, null, ""]);
  });

  it("does not let a struct's member names reach the prototype", () => {
    const member = "<member><name>__proto__</name><value><int>1</int></value></member>";
    const xml = `<methodResponse><params><param><value><struct>${member}</struct></value></param></params></methodResponse>`;
    const value = decodeResponse(xml) as object;
    assert.deepEqual(Object.keys(value), ["__proto__"]);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });

  it("throws koji's faults with code and text", () => {
    assert.throws(
      () => decodeResponse(encodeFault(1000, "No such tagInfo: 'f99'")),
      (error: unknown) =>
        error instanceof XmlRpcFault && error.code === 1000 && error.message === "No such tagInfo: 'f99'",
    );
  });

  for (const [what, xml] of [
    ["nothing", ""],
    ["a web page", "<html><body>502 Bad Gateway</body></html>"],
    ["a response that is cut off", encodeResponse(["one", "two"]).slice(0, -60)],
    [
      "an unknown type",
      "<methodResponse><params><param><value><date>1</date></value></param></params></methodResponse>",
    ],
    ["no number", "<methodResponse><params><param><value><int>x</int></value></param></params></methodResponse>"],
  ] as const) {
    it(`says what is wrong with ${what}`, () => {
      assert.throws(() => decodeResponse(xml), XmlRpcSyntaxError);
    });
  }
});

function big(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
