/** Checking requests as ResultsDB does with pydantic: the same errors for the same mistakes (resultsdb parsers/api_v2.py). */
import { LAST, type Micros, parseTimeText } from "../world/time";

export const OUTCOMES = ["PASSED", "INFO", "FAILED", "NEEDS_INSPECTION"] as const;

export interface Mistake {
  input: unknown;
  loc: (string | number)[];
  msg: string;
  type: string;
  url: string;
}

export class ValidationError extends Error {
  constructor(readonly mistakes: readonly Mistake[]) {
    super(mistakes.map(({ msg }) => msg).join("; "));
  }
}

export class Checker {
  readonly mistakes: Mistake[] = [];

  add(loc: (string | number)[], type: string, msg: string, input: unknown): undefined {
    this.mistakes.push({ input, loc, msg, type, url: `https://errors.pydantic.dev/2.6/v/${type}` });
    return undefined;
  }

  /** @throws ValidationError when anything was wrong */
  finish(): void {
    if (this.mistakes.length > 0) throw new ValidationError(this.mistakes);
  }

  text(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
    const value = body[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === "string") return value;
    return this.add([name], "string_type", "Input should be a valid string", value);
  }

  /** A query parameter that must be an integer. */
  integer(query: URLSearchParams, name: string, fallback: number): number {
    const text = query.get(name);
    if (text === null) return fallback;
    if (/^\s*[+-]?\d+(\.0*)?\s*$/.test(text)) return Number(text);
    this.add([name], "int_parsing", "Input should be a valid integer, unable to parse string as an integer", text);
    return fallback;
  }
}

/** Values of a parameter, each of which may hold several separated by commas. */
export function commaList(query: URLSearchParams, name: string): string[] | undefined {
  const [first] = query.getAll(name);
  if (first === undefined) return undefined;
  const all = query.getAll(name);
  const values = all.length === 1 ? first.split(",") : all;
  return values.map((value) => value.trim()).filter((value) => value !== "");
}

export function checkOutcomes(checker: Checker, query: URLSearchParams): string[] | undefined {
  const values = commaList(query, "outcome")?.map((value) => value.toUpperCase());
  if (values?.some((value) => !(OUTCOMES as readonly string[]).includes(value))) {
    return checker.add(
      ["outcome"],
      "value_error",
      `Value error, must be one of: ${OUTCOMES.join(", ")}`,
      query.get("outcome"),
    );
  }
  return values;
}

/** The instant of an ISO 8601 text, its offset ignored as ResultsDB ignores it. */
function iso(text: string): Micros | undefined {
  const stripped = text
    .trim()
    .replace(/(Z|[+-]\d{2}(:?\d{2})?)$/i, (offset, _minutes, index: number) => (index > 10 ? "" : offset));
  const padded = /^\d{4}-\d{2}$/.test(stripped)
    ? `${stripped}-01`
    : /^\d{4}$/.test(stripped)
      ? `${stripped}-01-01`
      : stripped;
  const compact = padded.replace(/^(\d{4})(\d{2})(\d{2})(?=$|T)/, "$1-$2-$3");
  const hours = /T\d{2}$/.test(compact) ? `${compact}:00` : compact;
  return parseTimeText(hours);
}

export function checkSince(checker: Checker, query: URLSearchParams): { since?: Micros; until?: Micros } {
  const text = query.get("since");
  if (text === null) return {};
  const [start = "", end] = text.split(",");
  const since = iso(start);
  const until = end === undefined ? undefined : iso(end);
  if (since === undefined || (end !== undefined && until === undefined)) {
    checker.add(["since"], "value_error", "Value error, must be in ISO8601 format", text);
    return {};
  }
  return until === undefined ? { since } : { since, until };
}

/** The instant, or undefined where the store could not give it back. */
function storable(milliseconds: number): Micros | undefined {
  const at = Math.floor(milliseconds) * 1000;
  return Math.abs(at) <= LAST ? at : undefined;
}

/** Of a time that is too far off, what Python's datetime says; it has years that are not stored here. */
function outOfRange(milliseconds: number): string | undefined {
  const year = new Date(milliseconds).getUTCFullYear();
  return Number.isNaN(year) ? undefined : `Value error, year ${year} is out of range`;
}

/** Milliseconds since 1970 as a number or digits, or text with microseconds. */
export function checkSubmitTime(checker: Checker, value: unknown): Micros | null {
  if (value === undefined || value === null) return null;
  let at: Micros | undefined;
  let reason: string | undefined;
  if (typeof value === "number") {
    at = storable(value);
    reason = outOfRange(value);
  } else if (typeof value === "string") {
    const text = value.trim();
    if (/^[+-]?\d+$/.test(text)) at = storable(Number(text));
    else if (/^\d{4}-\d{1,2}-\d{1,2}T\d{1,2}:\d{1,2}:\d{1,2}\.\d{1,6}(Z|\+00|[+-]\d{4})?$/.test(value)) {
      const given = parseTimeText(value);
      at = given !== undefined && Math.abs(given) <= LAST ? given : undefined;
    }
  }
  if (at !== undefined) return at;
  const shown = typeof value === "string" ? `'${value}'` : JSON.stringify(value);
  reason ??= `Value error, Expected timestamp in milliseconds or datetime (in format YYYY-MM-DDTHH:MM:SS.ffffff), got ${shown}`;
  checker.add(["submit_time"], "value_error", reason, value);
  return null;
}
