/** Scheduling, without effects: which jobs an event gives, in which order, and which job a client gets next. */
import type { Event } from "../events/events";
import type { Control } from "../tests/control";

export interface PlannedJob {
  test: string;
  arch: string;
  /** See Control.serialBy. */
  serial: string | undefined;
}

/** The jobs of one event: by test name, then in the order of the control's architectures. */
export function planJobs(event: Event, controls: readonly Control[]): PlannedJob[] {
  const meant = controls.filter((control) => control.events.includes(event.event));
  meant.sort((a, b) => (a.test < b.test ? -1 : Number(a.test > b.test)));
  return meant.flatMap((control) =>
    control.arches(event).map((arch) => ({ test: control.test, arch, serial: control.serialBy?.(event, arch) })),
  );
}

export interface QueuedJob {
  number: number;
  test: string;
  arch: string;
  serial: string | null;
}

/**
 * The lowest queued job that the client has all labels for and that need not wait for an earlier one of its series.
 * @param queued by number; read no further than needed
 * @param labelsOf what a client must have for the job
 * @param isBlocked whether a job of the series before this one is unfinished, or finished with posts unsent
 */
export function chooseJob<Job extends QueuedJob>(
  queued: Iterable<Job>,
  labels: readonly string[],
  labelsOf: (job: Job) => readonly string[],
  isBlocked: (number: number, serial: string) => boolean,
): Job | undefined {
  // What blocks a job of a series blocks all later ones of it.
  const blocked = new Set<string>();
  for (const job of queued) {
    const { number, serial } = job;
    if (!labelsOf(job).every((label) => labels.includes(label))) continue;
    if (serial === null) return job;
    if (blocked.has(serial)) continue;
    if (!isBlocked(number, serial)) return job;
    blocked.add(serial);
  }
  return undefined;
}
