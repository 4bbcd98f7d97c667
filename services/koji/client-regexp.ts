/** Regular expressions that a client gives: matched within a bounded time, for JavaScript's engine may backtrack for ever. */
import { createContext, runInContext } from "node:vm";

/** What all names of a production's size take is some 50 ms. */
const TIME_LIMIT_MS = 250;

const PROGRAM = `
  const expression = new RegExp(text, "i");
  names.filter((name) => expression.test(name));
`;

/** @returns the names in which the expression is found, case aside; or that it is none, or that it takes too long */
export function matchAll(text: string, names: readonly string[]): ReadonlySet<string> | "invalid" | "slow" {
  try {
    new RegExp(text, "i");
  } catch {
    return "invalid";
  }
  try {
    const found = runInContext(PROGRAM, createContext({ text, names }), { timeout: TIME_LIMIT_MS });
    return new Set(found as string[]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return "slow";
    // An expression whose program is too large is found out only when it is first used.
    return "invalid";
  }
}
