/** What a test that could not do its work ends in (AutoQA's ExceptionCatcher): never in a pass. */
import type { Event } from "../events/events";
import { Unreachable } from "../http/request";
import { NoRpmsError } from "../koji/build-rpms";
import { DownloadError } from "../koji/files";
import { HostileNameError } from "../koji/paths";
import type { Outcome } from "../outcomes";
import { DamagedRpmError } from "../rpm/check-file";
import { ToolError } from "../tools/exec";
import { XmlRpcFault } from "../xmlrpc/codec";
import type { TestResult } from "./run";

/** What tests expect may happen: where a re-run may help, where none will, and where there is nothing to judge. */
const expected = [
  { outcome: "ABORTED", kinds: [Unreachable, DownloadError, XmlRpcFault] },
  { outcome: "CRASHED", kinds: [HostileNameError, DamagedRpmError, ToolError] },
  { outcome: "NEEDS_INSPECTION", kinds: [NoRpmsError] },
] as const;

export interface Failure {
  outcome: Outcome;
  /** One line, fit for a log that is compared between deploys. */
  note: string;
  /** Where the error came from, if none expects it: the test's own log is where its author looks. */
  trace?: string | undefined;
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { outcome: "CRASHED", note: String(error) };
  const [firstLine = ""] = error.message.split("\n");
  for (const { outcome, kinds } of expected) {
    if (kinds.some((kind) => error instanceof kind)) return { outcome, note: firstLine };
  }
  return { outcome: "CRASHED", note: `${error.name}: ${firstLine}`, trace: error.stack };
}

/** The same outcome for every item that the event is about. */
export function resultsForAll(event: Event, outcome: Outcome, note: string): TestResult[] {
  if (event.event === "post-koji-build") {
    const { build: nvr } = event;
    return [{ item: nvr, type: "koji_build", outcome, note, builds: [nvr] }];
  }
  return event.updates.map(({ name, builds }) => ({
    item: name,
    type: "bodhi_update",
    outcome,
    note,
    builds,
  }));
}
