import { execFileSync } from "node:child_process";
import fc from "fast-check";

/** Versions that are near each other, so that every rule is met. */
export const version = fc
  .array(fc.constantFrom("0", "1", "9", "10", "01", "a", "b", "ab", "rc", "Z", ".", "_", "+", "~", "^", "git"), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(""));

/** Whatever a version or release may be made of. */
const anyVersion = fc.string({ unit: fc.constantFrom(..."0123456789abcABC.~^_+"), minLength: 1, maxLength: 12 });

const pairsAtOnce = 1000;

/** 20,000 pairs of [epoch:]version[-release], and RPM's own word on which is the newer: -1, 0 or 1. */
export function comparedByRpm(): { a: string; b: string; order: number }[] {
  const evr = fc
    .tuple(fc.option(fc.nat(2)), version, anyVersion)
    .map(([epoch, v, r]) => `${epoch === null ? "" : `${epoch}:`}${v}-${r}`);
  // Which separator it is does not count, so these are mostly equal.
  const respelt = version.map((v) => [v, v.replaceAll(".", "_")]);
  const pair = fc.oneof(fc.tuple(version, version), fc.tuple(anyVersion, anyVersion), fc.tuple(evr, evr), respelt);
  const pairs = fc.sample(pair, { numRuns: 20_000, seed: 5 }).map(([a = "", b = ""]) => ({ a, b }));
  return Array.from({ length: pairs.length / pairsAtOnce }, (_, i) => {
    const some = pairs.slice(i * pairsAtOnce, (i + 1) * pairsAtOnce);
    const calls = some.map(({ a, b }) => `print(rpm.vercmp("${a}","${b}"));print(" ")`);
    const printed = execFileSync("rpm", ["--eval", `%{lua:${calls.join(";")}}`], { encoding: "utf8" });
    const orders = printed.trim().split(/\s+/).map(Number);
    if (orders.length !== some.length) throw new Error(`rpm compared ${orders.length} of ${some.length} pairs`);
    return some.map((each, k) => ({ ...each, order: orders[k] ?? Number.NaN }));
  }).flat();
}
