/** Paging and filters of the current bodhi's lists (bodhi-server services/*.py, schemas.py). */
import { type Micros, parseTimeText } from "../world/time";
import { type Parameters, single } from "./forms";

export interface Problem {
  location: "querystring" | "body" | "url" | "path" | "cookies";
  name: string;
  description: string;
}

/** The request is refused: `{status: "error", errors: […]}`. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    readonly problems: readonly Problem[],
  ) {
    super(problems.map(({ description }) => description).join("; "));
  }
}

export function refuse(
  name: string,
  description: string,
  location: Problem["location"] = "querystring",
  status = 400,
): never {
  throw new RequestError(status, [{ location, name, description }]);
}

/** A parameter that takes several values, by repetition or separated by commas or blanks. */
export function listParameter(parameters: Parameters, ...names: string[]): string[] | undefined {
  const values = names.flatMap((name) => parameters.get(name) ?? []);
  const split = values.flatMap((value) => value.split(/[\s,]+/)).filter((value) => value !== "");
  return values.length === 0 ? undefined : split;
}

/** A parameter that takes one of some values: the last that is given, or each where it may be repeated. */
export function enumParameter<T extends string>(
  parameters: Parameters,
  name: string,
  allowed: readonly T[],
  repeated = false,
): T[] | undefined {
  const given = parameters.get(name);
  const values = repeated ? given : given?.slice(-1);
  for (const [index, value] of (values ?? []).entries()) {
    if ((allowed as readonly string[]).includes(value)) continue;
    refuse(repeated ? `${name}.${index}` : name, `"${value}" is not one of ${allowed.join(", ")}`);
  }
  return values as T[] | undefined;
}

export function booleanParameter(
  parameters: Parameters,
  name: string,
  location: Problem["location"] = "querystring",
): boolean | undefined {
  const value = single(parameters, name)?.toLowerCase();
  if (value === undefined) return undefined;
  if (["true", "1", "yes", "y", "t", "on"].includes(value)) return true;
  if (["false", "0", "no", "n", "f", "off"].includes(value)) return false;
  return refuse(name, `"${value}" is neither in ('false', '0') nor in ('true', '1')`, location);
}

export function integerParameter(
  parameters: Parameters,
  name: string,
  fallback: number,
  min: number,
  max: number,
  location: Problem["location"] = "querystring",
): number {
  const text = single(parameters, name);
  if (text === undefined || text === "") return fallback;
  if (!/^\s*[+-]?\d+\s*$/.test(text)) return refuse(name, `"${text}" is not a number`, location);
  const value = Number(text);
  if (value < min) return refuse(name, `${value} is less than minimum value ${min}`, location);
  if (value > max) return refuse(name, `${value} is greater than maximum value ${max}`, location);
  return value;
}

export function dateParameter(parameters: Parameters, name: string): Micros | undefined {
  const text = single(parameters, name);
  if (text === undefined || text === "") return undefined;
  return parseTimeText(text) ?? refuse(name, "Invalid date");
}

export interface Counts {
  page: number;
  pages: number;
  rows_per_page: number;
  total: number;
}

export interface Page<T> {
  rows: T[];
  fields: Counts & { chrome: boolean };
}

/** Without the one that only lists with pages for people tell. */
export function counts({ page, pages, rows_per_page, total }: Counts): Counts {
  return { page, pages, rows_per_page, total };
}

export function paginate<T>(rows: T[], parameters: Parameters): Page<T> {
  const page = integerParameter(parameters, "page", 1, 1, Number.MAX_SAFE_INTEGER);
  const perPage = integerParameter(parameters, "rows_per_page", 20, 1, 1000);
  const chrome = booleanParameter(parameters, "chrome") ?? true;
  return {
    rows: rows.slice((page - 1) * perPage, page * perPage),
    fields: { page, pages: Math.ceil(rows.length / perPage), rows_per_page: perPage, total: rows.length, chrome },
  };
}
