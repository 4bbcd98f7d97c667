/** upgradepath's log, in AutoQA's form. */
import { merge, type Outcome } from "../../outcomes";
import type { Comparison } from "./rules";

const marks = { PASSED: "[ OK ]", INFO: "[INFO]", FAILED: "[FAIL]" } as const;
const line = "=".repeat(60);

/** The section on one build. */
export function reportLines(nvr: string, tag: string, comparisons: readonly Comparison[]): string[] {
  const lines = [line, `${nvr} into ${tag}`, line];
  for (const { outcome, tags, latest, pending, error } of comparisons) {
    lines.push(`${marks[outcome]} ${tags.join(", ")}`);
    lines.push(`       Latest package: ${latest?.nvr ?? "none"}`);
    if (pending !== undefined) lines.push(`       Latest pending package: ${pending.nvr}`);
    if (outcome === "INFO") lines.push("       The pending package must be pushed together with or before this one.");
    if (error !== undefined) lines.push(`       Error: ${error}`);
  }
  return [...lines, `RESULT: ${outcomeOf(comparisons)}`, ""];
}

/** A package that no other release has is on no path at all. */
export function outcomeOf(comparisons: readonly Comparison[]): Outcome {
  return merge(["PASSED", ...comparisons.map(({ outcome }) => outcome)]);
}
