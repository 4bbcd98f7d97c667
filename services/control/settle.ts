/**
 * Waiting until the system under test has nothing left to do. Counted in its watchers' looks, not in time: every watcher
 * has completed a look that started after the call, and then, idle all along, one more during which nothing was written.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

const Status = z.object({
  idle: z.boolean(),
  watchers: z.record(z.string(), z.object({ started: z.number(), completed: z.number() })),
});
type Status = z.infer<typeof Status>;
type Looks = Record<string, { started: number; completed: number }>;

/** `final`: waiting any longer is of no use. */
export type Settled = { settled: true; looks: Looks } | { settled: false; reason: string; final: boolean };

const POLL_MS = 100;
const STATUS_TIMEOUT_MS = 10_000;

interface Target {
  readonly statusUrl: string;
  /** How many writes the infrastructure has seen. */
  readonly writes: () => number;
  /** Why the system under test will not come back, if it will not. */
  readonly givenUp: () => Promise<string | undefined>;
}

/** Every watcher has completed a look that started after those were counted. */
function lookedSince(before: Looks, now: Looks): string | undefined {
  for (const [name, { started }] of Object.entries(before)) {
    const completed = now[name]?.completed ?? 0;
    if (completed < started + 1)
      return `watcher ${name} has not completed a look that began since (${completed} of ${started + 1})`;
  }
  return undefined;
}

/**
 * A watcher counts from the start again, or was not there before: the process was restarted or is still starting, and what
 * was seen before says nothing.
 */
function restarted(before: Looks, now: Looks): boolean {
  const countsAnew = Object.entries(before).some(([name, { started }]) => (now[name]?.started ?? 0) < started);
  return countsAnew || Object.keys(now).some((name) => before[name] === undefined);
}

async function readStatus(url: string): Promise<Status | string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) });
    const text = await response.text();
    if (!response.ok) return `${url} answered ${response.status}: ${text.slice(0, 200)}`;
    const parsed = Status.safeParse(JSON.parse(text));
    if (!parsed.success) return `${url} answered something else than a status`;
    return Object.keys(parsed.data.watchers).length > 0 ? parsed.data : `${url} names no watcher`;
  } catch (error) {
    const cause = (error as Error & { cause?: Error }).cause?.message ?? (error as Error).message;
    return `${url} did not answer: ${cause}`;
  }
}

interface Quiet {
  looks: Looks;
  writes: number;
}

export async function settle(target: Target, timeoutSeconds: number): Promise<Settled> {
  const deadline = performance.now() + timeoutSeconds * 1000;
  let reason = "the status was never read";
  let first: Looks | undefined;
  let quiet: Quiet | undefined;
  while (performance.now() < deadline) {
    const writes = target.writes();
    const status = await readStatus(target.statusUrl);
    if (typeof status === "string") {
      const end = await target.givenUp();
      if (end !== undefined) return { settled: false, reason: end, final: true };
      reason = status;
      first = undefined;
      quiet = undefined;
    } else if (first === undefined || restarted(first, status.watchers)) {
      first = status.watchers;
      quiet = undefined;
      reason = "AutoQA has only just been seen";
    } else {
      const waiting = lookedSince(first, status.watchers);
      if (waiting !== undefined) reason = waiting;
      else if (!status.idle) {
        reason = "AutoQA is not idle";
        quiet = undefined;
      } else if (quiet === undefined || quiet.writes !== target.writes()) {
        if (quiet !== undefined) reason = "something was posted during the last look";
        // The count from before this status was read: a write since then is not part of the quiet.
        quiet = { looks: status.watchers, writes };
      } else {
        const more = lookedSince(quiet.looks, status.watchers);
        if (more === undefined) return { settled: true, looks: status.watchers };
        reason = more;
      }
    }
    await sleep(POLL_MS);
  }
  const end = await target.givenUp();
  return { settled: false, reason: end ?? reason, final: end !== undefined };
}
