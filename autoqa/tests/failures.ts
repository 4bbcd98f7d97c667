/** What a test that could not do its work ends in (AutoQA's ExceptionCatcher): never in a pass. */
import type { Event } from "../events/events";
import { Unreachable } from "../http/request";
import { DownloadError } from "../koji/files";
import { HostileNameError } from "../koji/paths";
import type { Outcome } from "../outcomes";
import { DamagedRpmError } from "../rpm/check-file";
import { ToolError } from "../tools/exec";
import type { TestResult } from "./run";

/** ABORTED where a re-run may help, CRASHED else. The note is fit for a log that is compared between deploys. */
export function outcomeOfError(error: unknown): { outcome: Outcome; note: string } {
  if (error instanceof Unreachable || error instanceof DownloadError)
    return { outcome: "ABORTED", note: error.message };
  if (error instanceof HostileNameError || error instanceof DamagedRpmError || error instanceof ToolError) {
    return { outcome: "CRASHED", note: error.message };
  }
  const name = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { outcome: "CRASHED", note: name.split("\n")[0] ?? "" };
}

/** Where an error came from, if it is none that tests expect: the test's own log is where its author looks. */
export function traceOf(error: unknown): string | undefined {
  const isExpected = [Unreachable, DownloadError, HostileNameError, DamagedRpmError, ToolError].some(
    (kind) => error instanceof kind,
  );
  return isExpected || !(error instanceof Error) ? undefined : error.stack;
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
