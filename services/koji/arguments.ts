/** Reads bound arguments with koji's checks; each error is one that the hub would give. */
import { genericError, parameterError } from "../world/errors";
import { Glob } from "../world/glob";
import { parseTimeText, SECOND } from "../world/time";
import { isStruct, numeric, pythonStr, pythonType, type Struct, type Value } from "../xmlrpc/values";

/** What the hub has but this mock does not model: refused, and recorded as such in the journal. */
export class Unmodelled extends Error {
  constructor(readonly what: string) {
    super(`Invalid method: ${what}`);
    this.name = "Unmodelled";
  }
}

/** Python's truth of a value. */
export function truth(value: Value | undefined): boolean {
  if (value === null || value === undefined || value === false || value === "") return false;
  const number = numeric(value);
  if (number !== undefined) return number !== 0;
  if (Array.isArray(value)) return value.length > 0;
  if (isStruct(value)) return Object.keys(value).length > 0;
  return true;
}

/** An optional event id. */
export function eventArgument(value: Value | undefined): number | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== "number") throw genericError(`Invalid type for event: ${pythonType(value)}`);
  return value;
}

export function optionalText(value: Value | undefined, name: string): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== "string") {
    throw parameterError(
      `Invalid type for value '${pythonStr(value)}': ${pythonType(value)}, expected type <class 'str'> (${name})`,
    );
  }
  return value;
}

/** koji's convert_value(…, cast=int). */
export function integer(value: Value | undefined): number {
  const number = typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : numeric(value);
  if (typeof value === "boolean") return Number(value);
  if (number === undefined || !Number.isFinite(number)) {
    if (value === null || value === undefined) throw parameterError("Invalid type, expected type <class 'int'>");
    throw parameterError(
      `Invalid type for value '${pythonStr(value)}': ${pythonType(value)}, expected type <class 'int'>`,
    );
  }
  return Math.trunc(number);
}

/** A time as seconds since 1970 or as text, as listBuilds and queryHistory take it. */
export function timeArgument(value: Value | undefined): number | undefined {
  if (!truth(value)) return undefined;
  if (typeof value === "string") {
    const at = parseTimeText(value);
    if (at !== undefined) return at;
    throw genericError(`invalid input syntax for type timestamp with time zone: "${value}"`);
  }
  const seconds = numeric(value);
  if (seconds === undefined) throw genericError(`Invalid type for timestamp: ${pythonType(value)}`);
  return Math.round(seconds * SECOND);
}

export function structArgument(value: Value | undefined, name: string): Struct {
  if (value === null || value === undefined) return {};
  if (!isStruct(value)) throw parameterError(`Invalid type for ${name}: ${pythonType(value)}`);
  return value;
}

/** PostgreSQL's ILIKE for a pattern made of koji's glob characters `*` and `?`. */
export function globPattern(glob: string): Glob {
  return new Glob(glob, { any: "*", one: "?", ignoreCase: true });
}
