/** koji's queryOpts: countOnly, order, offset, limit, asList (koji-project/koji kojihub/db.py, QueryProcessor). */
import { genericError, KojiError } from "../world/errors";
import { numeric, pythonRepr, type Struct, type Value } from "../xmlrpc/values";
import { integer, structArgument, truth, Unmodelled } from "./arguments";

const KNOWN = new Set(["countOnly", "order", "offset", "limit", "asList", "rowlock"]);

/** PostgreSQL's order: nulls are greatest. */
function compare(a: Value | undefined, b: Value | undefined): number {
  const leftNull = a === null || a === undefined;
  const rightNull = b === null || b === undefined;
  if (leftNull || rightNull) return Number(leftNull) - Number(rightNull);
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : Number(a > b);
  return (numeric(a) ?? Number(a)) - (numeric(b) ?? Number(b));
}

/** Sorts by koji's comma-separated list of columns, `-` before one meaning descending. */
export function orderRows(rows: Struct[], order: string, columns: readonly string[]): void {
  const keys = order.split(",").map((part) => {
    const key = part.startsWith("-") ? part.slice(1) : part;
    if (!columns.includes(key)) throw new KojiError("Fault", `<class 'Exception'>: Invalid order: ${key}`);
    return { key, sign: part.startsWith("-") ? -1 : 1 };
  });
  rows.sort((a, b) => {
    for (const { key, sign } of keys) {
      const difference = compare(a[key], b[key]);
      if (difference !== 0) return difference * sign;
    }
    return 0;
  });
}

/**
 * @param columns what may be ordered by, for when there are no rows to tell it.
 * @returns the rows that are asked for, or their number
 */
export function applyQueryOptions(rows: Struct[], options: Value | undefined, columns: readonly string[]): Value {
  const opts = structArgument(options, "queryOpts");
  for (const name of Object.keys(opts)) if (!KNOWN.has(name)) throw new Unmodelled(`queryOpts.${name}`);
  let result = rows;
  if (truth(opts.order)) {
    if (typeof opts.order !== "string") throw genericError(`Invalid type for order: ${pythonRepr(opts.order)}`);
    result = [...rows];
    orderRows(result, opts.order, columns);
  }
  const offset = truth(opts.offset) ? integer(opts.offset) : 0;
  if (offset < 0) throw genericError("OFFSET must not be negative");
  const limit = opts.limit === null || opts.limit === undefined ? undefined : integer(opts.limit);
  if (limit !== undefined && limit < 0) throw genericError("LIMIT must not be negative");
  if (offset > 0 || limit !== undefined) {
    result = result.slice(offset, limit === undefined ? undefined : offset + limit);
  }
  if (truth(opts.countOnly)) return result.length;
  if (truth(opts.asList)) return result.map((row) => columns.map((column) => row[column] ?? null));
  return result;
}
