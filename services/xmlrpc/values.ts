/** XML-RPC values as koji's hub and clients exchange them: Python's, with nil and i8. */

/** A Python float: JavaScript alone cannot tell 1.0 from 1. */
export class Double {
  constructor(readonly value: number) {}
}

/** A `dateTime.iso8601`, by its text; koji's hub never sends one. */
export class DateTime {
  constructor(readonly text: string) {}
}

/** XML that is a complete `<value>` already: how rows that are sent often are kept. */
export class RawValue {
  /** @param rows the same as values, for the few who need them. */
  constructor(
    readonly xml: string,
    readonly rows: () => readonly Value[],
  ) {}
}

export interface Struct {
  [name: string]: Value | undefined;
}

export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Double
  | DateTime
  | RawValue
  | Uint8Array
  | readonly Value[]
  | Struct;

export function isStruct(value: Value | undefined): value is Struct {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Double) &&
    !(value instanceof DateTime) &&
    !(value instanceof RawValue) &&
    !(value instanceof Uint8Array)
  );
}

/** The number of an int or a float; undefined for all else. */
export function numeric(value: Value | undefined): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Double) return value.value;
  return undefined;
}

/** What Python's type() would show, for koji's messages. */
export function pythonType(value: Value | undefined): string {
  if (value === null || value === undefined) return "<class 'NoneType'>";
  if (typeof value === "boolean") return "<class 'bool'>";
  if (typeof value === "number" || typeof value === "bigint") return "<class 'int'>";
  if (typeof value === "string") return "<class 'str'>";
  if (value instanceof Double) return "<class 'float'>";
  if (value instanceof DateTime) return "<class 'xmlrpc.client.DateTime'>";
  if (value instanceof Uint8Array) return "<class 'xmlrpc.client.Binary'>";
  return Array.isArray(value) ? "<class 'list'>" : "<class 'dict'>";
}

/** Python's repr of plain values, for koji's messages. */
export function pythonRepr(value: Value | undefined): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const escaped = value
      .replaceAll("\\", "\\\\")
      .replaceAll("\n", "\\n")
      .replaceAll("\r", "\\r")
      .replaceAll("\t", "\\t");
    return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
  }
  if (value instanceof Double) return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(", ")}]`;
  if (isStruct(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`)
      .join(", ")}}`;
  }
  return String(value);
}

/** Python's str: repr but for a string. */
export function pythonStr(value: Value | undefined): string {
  return typeof value === "string" ? value : pythonRepr(value);
}
