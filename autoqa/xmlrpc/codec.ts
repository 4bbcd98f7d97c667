/**
 * XML-RPC as koji speaks it (http://xmlrpc.com/spec.md, and koji-project/koji koji/xmlrpcplus.py): `<nil/>` is always
 * allowed, integers beyond 32 bit are `<i8>`. A scanner of its own, because a tag's history may have many thousand rows.
 */
export type XmlRpcValue = null | boolean | number | string | XmlRpcValue[] | { [name: string]: XmlRpcValue };

/** The server's fault, with koji's fault code. */
export class XmlRpcFault extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = "XmlRpcFault";
  }
}

/** What came back is not an XML-RPC response. */
export class XmlRpcSyntaxError extends Error {
  override name = "XmlRpcSyntaxError";
}

export function encodeCall(method: string, parameters: readonly XmlRpcValue[]): string {
  const body = parameters.map((value) => `<param><value>${encodeValue(value)}</value></param>`).join("");
  return `<?xml version='1.0'?>\n<methodCall><methodName>${escapeText(method)}</methodName><params>${body}</params></methodCall>`;
}

function encodeValue(value: XmlRpcValue): string {
  if (value === null) return "<nil/>";
  if (typeof value === "boolean") return `<boolean>${value ? 1 : 0}</boolean>`;
  if (typeof value === "string") return `<string>${escapeText(value)}</string>`;
  if (typeof value === "number") {
    if (!Number.isInteger(value)) return `<double>${value}</double>`;
    return Math.abs(value) < 2 ** 31 ? `<int>${value}</int>` : `<i8>${value}</i8>`;
  }
  if (Array.isArray(value)) {
    return `<array><data>${value.map((item) => `<value>${encodeValue(item)}</value>`).join("")}</data></array>`;
  }
  const members = Object.entries(value).map(
    ([name, member]) => `<member><name>${escapeText(name)}</name><value>${encodeValue(member)}</value></member>`,
  );
  return `<struct>${members.join("")}</struct>`;
}

function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescapeText(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hexadecimal, decimal, name) => {
    if (hexadecimal !== undefined) return String.fromCodePoint(Number.parseInt(hexadecimal, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return entities[name] ?? whole;
  });
}

/**
 * The value of a method response.
 * @throws XmlRpcFault for a fault, XmlRpcSyntaxError for anything that is not a response
 */
export function decodeResponse(xml: string): XmlRpcValue {
  const scanner = new Scanner(xml);
  scanner.expect("methodResponse");
  const part = scanner.open();
  if (part === "fault") {
    scanner.expect("value");
    const fault = scanner.value();
    const { faultCode, faultString } = (fault ?? {}) as { [name: string]: XmlRpcValue };
    throw new XmlRpcFault(Number(faultCode ?? 1), String(faultString ?? "unnamed fault"));
  }
  if (part !== "params") throw scanner.error(`<params> or <fault> expected, not <${part}>`);
  scanner.expect("param");
  scanner.expect("value");
  return scanner.value();
}

class Scanner {
  #at = 0;

  constructor(readonly xml: string) {}

  error(message: string): XmlRpcSyntaxError {
    const near = this.xml.slice(this.#at, this.#at + 40).replace(/\s+/g, " ");
    return new XmlRpcSyntaxError(`Not an XML-RPC response: ${message} near "${near}"`);
  }

  /** The next tag's name; closing tags keep their slash, empty elements end in one. Prologs and comments are skipped. */
  open(): string {
    for (;;) {
      const start = this.xml.indexOf("<", this.#at);
      const end = this.xml.indexOf(">", start);
      if (start < 0 || end < 0) throw this.error("unexpected end");
      this.#at = end + 1;
      const first = this.xml.charAt(start + 1);
      if (first === "?" || first === "!") continue;
      return this.xml.slice(start + 1, end).replace(/\s+/g, "");
    }
  }

  expect(name: string): void {
    const found = this.open();
    if (found !== name) throw this.error(`<${name}> expected, not <${found}>`);
  }

  text(): string {
    const end = this.xml.indexOf("<", this.#at);
    if (end < 0) throw this.error("unexpected end");
    const text = this.xml.slice(this.#at, end);
    this.#at = end;
    return unescapeText(text);
  }

  /** The content of a `<value>` whose start tag is read, up to and with its end tag. */
  value(): XmlRpcValue {
    const bare = this.text();
    const type = this.open();
    if (type === "/value") return bare;
    const value = this.#typed(type);
    this.expect("/value");
    return value;
  }

  #typed(type: string): XmlRpcValue {
    switch (type) {
      case "nil/":
        return null;
      case "nil":
        this.expect("/nil");
        return null;
      case "string/":
      case "base64/":
        return "";
      case "array":
        return this.#array();
      case "struct":
        return this.#struct();
      case "struct/":
        return {};
    }
    const text = this.text();
    this.expect(`/${type}`);
    switch (type) {
      case "string":
      case "dateTime.iso8601":
        return text;
      case "base64":
        return Buffer.from(text, "base64").toString("utf8");
      case "boolean":
        return text.trim() === "1";
      case "int":
      case "i4":
      case "i8":
      case "double": {
        const number = Number(text);
        if (text.trim() === "" || Number.isNaN(number)) throw this.error(`"${text}" is not a number`);
        return number;
      }
      default:
        throw this.error(`unknown type <${type}>`);
    }
  }

  #array(): XmlRpcValue[] {
    const items: XmlRpcValue[] = [];
    const data = this.open();
    if (data !== "data/") {
      if (data !== "data") throw this.error(`<data> expected, not <${data}>`);
      for (let tag = this.open(); tag !== "/data"; tag = this.open()) {
        if (tag === "value/") items.push("");
        else if (tag === "value") items.push(this.value());
        else throw this.error(`<value> expected, not <${tag}>`);
      }
    }
    this.expect("/array");
    return items;
  }

  #struct(): { [name: string]: XmlRpcValue } {
    const members: [string, XmlRpcValue][] = [];
    for (let tag = this.open(); tag !== "/struct"; tag = this.open()) {
      if (tag !== "member") throw this.error(`<member> expected, not <${tag}>`);
      this.expect("name");
      const name = this.text();
      this.expect("/name");
      const value = this.open();
      if (value !== "value" && value !== "value/") throw this.error(`<value> expected, not <${value}>`);
      members.push([name, value === "value" ? this.value() : ""]);
      this.expect("/member");
    }
    return Object.fromEntries(members);
  }
}
