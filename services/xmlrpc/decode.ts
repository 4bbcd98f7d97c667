/**
 * Reads XML-RPC documents as Python's unmarshaller with koji's extensions does (`nil`, `i1`…`i8`, no int limit), but
 * strictly: the structure must be XML-RPC's.
 */
import { Scanner, type Token, XmlError } from "./scan";
import { DateTime, Double, type Struct, type Value } from "./values";

export interface Call {
  method: string;
  params: Value[];
}

/** Deeper nesting serves nobody and would cost stack. */
const DEPTH_LIMIT = 100;

class Reader {
  readonly scanner: Scanner;
  token: Token;

  constructor(source: string) {
    this.scanner = new Scanner(source);
    this.token = this.scanner.next();
  }

  /** Moves on and returns the text that lay before the token now current. */
  advance(): string {
    this.token = this.scanner.next();
    return this.scanner.text;
  }

  isOpen(name: string): boolean {
    return this.token.kind === "open" && this.token.name === name;
  }

  /** Nothing but white space lies before the token now current. */
  blank(): void {
    if (this.scanner.text.trim() !== "") throw new XmlError("text where XML-RPC has none");
  }

  open(name: string): void {
    if (!this.isOpen(name)) throw new XmlError(`<${name}> expected, ${describe(this.token)} found`);
    this.blank();
    this.advance();
  }

  close(name: string): void {
    if (this.token.kind !== "close" || this.token.name !== name) {
      throw new XmlError(`</${name}> expected, ${describe(this.token)} found`);
    }
    this.blank();
    this.advance();
  }

  /** The text of an element that holds nothing else; the reader stands at its opening tag. */
  textElement(name: string): string {
    if (!this.isOpen(name)) throw new XmlError(`<${name}> expected, ${describe(this.token)} found`);
    this.blank();
    const text = this.advance();
    if (this.token.kind !== "close" || this.token.name !== name) {
      throw new XmlError(`</${name}> expected, ${describe(this.token)} found`);
    }
    this.advance();
    return text;
  }
}

function describe(token: Token): string {
  if (token.kind === "end") return "the end of the document";
  return token.kind === "open" ? `<${token.name}>` : `</${token.name}>`;
}

function readInteger(text: string): number | bigint {
  const trimmed = text.trim();
  if (!/^[+-]?\d{1,400}$/.test(trimmed)) throw new XmlError(`invalid integer ${trimmed.slice(0, 40)}`);
  const value = Number(trimmed);
  return Number.isSafeInteger(value) ? value : BigInt(trimmed.replace(/^\+/, ""));
}

function readDouble(text: string): Double {
  const trimmed = text.trim();
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) {
    throw new XmlError(`invalid double ${trimmed.slice(0, 40)}`);
  }
  return new Double(Number(trimmed));
}

function readBoolean(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed !== "0" && trimmed !== "1") throw new XmlError("bad boolean value");
  return trimmed === "1";
}

function readBase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/=\s]*$/.test(text)) throw new XmlError("bad base64 value");
  return Buffer.from(text, "base64");
}

const SCALARS: Readonly<Record<string, (text: string) => Value>> = {
  string: (text) => text,
  int: readInteger,
  i1: readInteger,
  i2: readInteger,
  i4: readInteger,
  i8: readInteger,
  biginteger: readInteger,
  double: readDouble,
  float: readDouble,
  boolean: readBoolean,
  base64: readBase64,
  "dateTime.iso8601": (text) => new DateTime(text),
  nil: () => null,
  "ex:nil": () => null,
};

function readValue(reader: Reader, depth: number): Value {
  if (depth > DEPTH_LIMIT) throw new XmlError("values are nested too deeply");
  if (!reader.isOpen("value")) throw new XmlError(`<value> expected, ${describe(reader.token)} found`);
  reader.blank();
  const text = reader.advance();
  if (reader.token.kind === "close" && reader.token.name === "value") {
    reader.advance();
    return text;
  }
  if (reader.token.kind !== "open") throw new XmlError(`a value expected, ${describe(reader.token)} found`);
  if (text.trim() !== "") throw new XmlError("text where XML-RPC has none");
  const { name } = reader.token;
  let value: Value;
  if (name === "struct") value = readStruct(reader, depth);
  else if (name === "array") value = readArray(reader, depth);
  else {
    const scalar = Object.hasOwn(SCALARS, name) ? SCALARS[name] : undefined;
    if (scalar === undefined) throw new XmlError(`unknown type <${name}>`);
    value = scalar(reader.textElement(name));
  }
  reader.close("value");
  return value;
}

function readStruct(reader: Reader, depth: number): Struct {
  // No prototype: a member may have any name, `__proto__` included.
  const struct: Struct = Object.create(null) as Struct;
  reader.open("struct");
  while (reader.isOpen("member")) {
    reader.open("member");
    const name = reader.textElement("name");
    struct[name] = readValue(reader, depth + 1);
    reader.close("member");
  }
  reader.close("struct");
  return struct;
}

function readArray(reader: Reader, depth: number): Value[] {
  const items: Value[] = [];
  reader.open("array");
  reader.open("data");
  while (reader.isOpen("value")) items.push(readValue(reader, depth + 1));
  reader.close("data");
  reader.close("array");
  return items;
}

function readParams(reader: Reader): Value[] {
  const params: Value[] = [];
  if (!reader.isOpen("params")) return params;
  reader.open("params");
  while (reader.isOpen("param")) {
    reader.open("param");
    params.push(readValue(reader, 0));
    reader.close("param");
  }
  reader.close("params");
  return params;
}

function finish(reader: Reader): void {
  if (reader.token.kind !== "end" || reader.scanner.text.trim() !== "") {
    throw new XmlError("junk after document element");
  }
}

/** @throws XmlError */
export function decodeCall(source: string): Call {
  const reader = new Reader(source);
  reader.open("methodCall");
  const method = reader.textElement("methodName");
  const params = readParams(reader);
  reader.close("methodCall");
  finish(reader);
  return { method, params };
}

export type Response = { kind: "value"; value: Value } | { kind: "fault"; code: number; message: string };

/** @throws XmlError */
export function decodeResponse(source: string): Response {
  const reader = new Reader(source);
  reader.open("methodResponse");
  let response: Response;
  if (reader.isOpen("fault")) {
    reader.open("fault");
    const fault = readValue(reader, 0) as Struct;
    reader.close("fault");
    response = { kind: "fault", code: Number(fault.faultCode), message: String(fault.faultString) };
  } else {
    const [value = null] = readParams(reader);
    response = { kind: "value", value };
  }
  reader.close("methodResponse");
  finish(reader);
  return response;
}
