/** Writes XML-RPC answers by building strings: answers of whole tags run to megabytes. */
import { DateTime, Double, RawValue, type Value } from "./values";

const SPECIAL = /[&<>]/;
// XML 1.0 has no place for these; a client's parser would refuse the whole document.
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export function escapeXml(text: string): string {
  const clean = text.replace(FORBIDDEN, "\ufffd");
  if (!SPECIAL.test(clean)) return clean;
  return clean.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function encodeInteger(value: number | bigint): string {
  if (value >= -2147483648 && value <= 2147483647) return `<value><int>${value}</int></value>`;
  return `<value><i8>${value}</i8></value>`;
}

/** Python's repr of a float, which is what its marshaller writes. */
function encodeDouble(value: number): string {
  const text = Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
  return `<value><double>${text}</double></value>`;
}

export function encodeValue(value: Value | undefined): string {
  switch (typeof value) {
    case "string":
      return `<value><string>${escapeXml(value)}</string></value>`;
    case "number":
      return Number.isInteger(value) ? encodeInteger(value) : encodeDouble(value);
    case "bigint":
      return encodeInteger(value);
    case "boolean":
      return value ? "<value><boolean>1</boolean></value>" : "<value><boolean>0</boolean></value>";
    case "undefined":
      return "<value><nil/></value>";
  }
  if (value === null) return "<value><nil/></value>";
  if (value instanceof RawValue) return value.xml;
  if (Array.isArray(value)) {
    let items = "";
    for (const item of value) items += encodeValue(item);
    return `<value><array><data>${items}</data></array></value>`;
  }
  if (value instanceof Double) return encodeDouble(value.value);
  if (value instanceof DateTime) return `<value><dateTime.iso8601>${escapeXml(value.text)}</dateTime.iso8601></value>`;
  if (value instanceof Uint8Array) {
    return `<value><base64>${Buffer.from(value).toString("base64")}</base64></value>`;
  }
  return `<value><struct>${encodeMembers(value as { [name: string]: Value | undefined })}</struct></value>`;
}

/** The members of a struct, without the struct around them. */
export function encodeMembers(struct: { [name: string]: Value | undefined }): string {
  let members = "";
  for (const name of Object.keys(struct)) {
    members += `<member><name>${escapeXml(name)}</name>${encodeValue(struct[name])}</member>`;
  }
  return members;
}

export function encodeResponse(value: Value): string {
  return `<?xml version='1.0'?>\n<methodResponse><params><param>${encodeValue(value)}</param></params></methodResponse>\n`;
}

export function encodeFault(code: number, message: string): string {
  const fault = encodeValue({ faultCode: code, faultString: message });
  return `<?xml version='1.0'?>\n<methodResponse><fault>${fault}</fault></methodResponse>\n`;
}

export function encodeCall(method: string, params: readonly Value[]): string {
  const list = params.map((param) => `<param>${encodeValue(param)}</param>`).join("");
  return `<?xml version='1.0'?>\n<methodCall><methodName>${escapeXml(method)}</methodName><params>${list}</params></methodCall>\n`;
}
