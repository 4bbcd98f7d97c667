/** Sources of chance: the system's, or, where a seed is given, one that repeats itself. */
import { createHash, randomInt } from "node:crypto";

/** A whole number from 0 up to, but not including, `limit`. */
export type Draw = (limit: number) => number;

/**
 * With a seed the same sequence comes out every time (not the one that the official plugin draws from that seed:
 * `math/rand` of Go is not reproduced here).
 */
export function drawFrom(seed: string | undefined): Draw {
  if (seed === undefined || seed === "") return (limit) => (limit <= 1 ? 0 : randomInt(limit));
  let counter = 0;
  return (limit) => {
    const digest = createHash("sha256").update(`${seed}/${counter++}`).digest();
    return limit <= 1 ? 0 : Number(digest.readBigUInt64BE() % BigInt(limit));
  };
}

/** The items in a new order, each order as likely as any other. */
export function shuffled<T>(items: readonly T[], draw: Draw): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = draw(last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
