/** Outcomes and how they merge (tflink/checkb checkb/check.py): an outcome is only ever raised. */

/** In merge order. ABORTED: e.g. a server was unreachable, a re-run may help. CRASHED: no usable result. */
export const outcomes = ["PASSED", "INFO", "FAILED", "NEEDS_INSPECTION", "ABORTED", "CRASHED"] as const;
export type Outcome = (typeof outcomes)[number];

/** The gravest of the outcomes; a test that said nothing needs inspection. */
export function merge(all: readonly Outcome[]): Outcome {
  if (all.length === 0) return "NEEDS_INSPECTION";
  return all.reduce((worst, next) => (outcomes.indexOf(next) > outcomes.indexOf(worst) ? next : worst));
}

/** Whether the test came to a verdict, i.e. one that packagers are told. */
export function isVerdict(outcome: Outcome): boolean {
  return outcome !== "ABORTED" && outcome !== "CRASHED";
}
