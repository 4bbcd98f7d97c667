/** Messages for the user about a resource, or about the deployment as a whole (no URN). */
import type { Urn } from "../urn";

export type Severity = "debug" | "info" | "warning" | "error";

export interface Diagnostics {
  report(severity: Severity, urn: Urn | undefined, message: string): void;
}

/** Planning cannot go on. The reason has been reported already, where `reported` says so. */
export class PlanningFailed extends Error {
  constructor(
    message: string,
    readonly reported: boolean,
    readonly urn?: Urn,
  ) {
    super(message);
  }
}

/** Reports what is wrong with a resource. Throws PlanningFailed. */
export function refuse(diagnostics: Diagnostics, urn: Urn, message: string): never {
  diagnostics.report("error", urn, message);
  throw new PlanningFailed(message, true, urn);
}

/** The deployment ends early; whoever still waits for a resource waits in vain. */
export class Cancelled extends Error {
  constructor() {
    super("the deployment was cancelled");
  }
}
