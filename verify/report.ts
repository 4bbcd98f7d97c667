/**
 * The report's data. Everything but `run` follows from scenario and AutoQA alone: two deploys of the same make it byte
 * for byte the same, which is why what can't is kept in that one place.
 */
import type { Action } from "../scenarios/format/action";
import type { Entry } from "./compare";
import type { JournalEntry } from "./control";
import type { LogProblem } from "./logs";
import type { PostsComparison } from "./posts";

/** `error`: the use case could not be carried through, e.g. AutoQA did not settle. */
export type Status = "passed" | "failed" | "error";

export interface StepReport extends PostsComparison {
  name: string;
  status: Status;
  /** Why the step ended without a comparison. */
  error?: string;
  actions: Action[];
  /** Results whose logs are not as they should be. */
  logs: LogProblem[];
}

/** A call that the mock infrastructure does not model: AutoQA has got an error that the real one might not give. */
export type UnmodelledCall = Pick<JournalEntry, "service" | "method" | "arguments" | "status">;

export interface ScenarioReport {
  name: string;
  description: string;
  status: Status;
  error?: string;
  steps: StepReport[];
  unmodelled: UnmodelledCall[];
}

/** A question to an environment that runs no scenario. */
export interface CheckReport {
  name: string;
  status: Status;
  problems: string[];
}

/** What differs from run to run. */
export interface RunReport {
  generation: string;
  /** ISO 8601, UTC. */
  startedAt: string;
  seconds: number;
  /** Why the verification ended before all use cases were run. */
  brokenOff?: string;
  /** Where AutoQA is reachable from the machine that verified. */
  autoqaUrl: string;
  /** By scenario: seconds of building and loading, of each step, and calls that were made to the infrastructure. */
  scenarios: Record<string, { loadSeconds: number; stepSeconds: number[]; calls: number }>;
}

export interface Report {
  stage: string;
  autoqa: { repository: string; ref?: string | null | undefined; commit?: string | null | undefined };
  status: Status;
  scenarios: ScenarioReport[];
  /** Of stages 1 and 2, which run no scenarios. */
  checks?: CheckReport[];
  run: RunReport;
}

/** The gravest of the parts' states. */
export function overall(parts: readonly Status[]): Status {
  if (parts.includes("error")) return "error";
  return parts.includes("failed") ? "failed" : "passed";
}

/** All entries of a step, of whatever kind of post. */
export function entriesOf(step: PostsComparison): Entry<object, object>[] {
  return [...step.results, ...step.comments, ...(step.mail ?? [])];
}

/** Whether everything was posted as expected, and the logs are there. */
export function stepStatus(comparison: PostsComparison, logs: readonly LogProblem[]): Status {
  const right = entriesOf(comparison).every(({ kind }) => kind === "match");
  return right && logs.length === 0 ? "passed" : "failed";
}

/** Each unmodelled call once, in an order of its own: how often AutoQA polls is not its verdict. */
export function unmodelledCalls(journal: readonly JournalEntry[]): UnmodelledCall[] {
  const calls = journal
    .filter(({ unmodelled }) => unmodelled)
    .map(
      ({ service, method, arguments: args, status }): UnmodelledCall => ({ service, method, arguments: args, status }),
    );
  const distinct = new Map(calls.map((call) => [JSON.stringify(call), call]));
  return [...distinct].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, call]) => call);
}

/** The report in a few words. */
export function verdictOf({ scenarios, checks = [], run }: Report): string {
  if (run.brokenOff !== undefined) {
    const done = scenarios.filter(({ name }) => run.scenarios[name] !== undefined);
    const bad = done.filter(({ status }) => status !== "passed").length;
    return `ended early: ${done.length} of ${scenarios.length} use cases were run, and ${bad} of these failed`;
  }
  const [all, what] = checks.length > 0 ? [checks, "checks"] : [scenarios, "use cases"];
  const failed = all.filter(({ status }) => status !== "passed").length;
  return failed === 0 ? `all ${all.length} ${what} passed` : `${failed} of ${all.length} ${what} failed`;
}
