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
  labels: readonly string[];
  serial: string | undefined;
}

/**
 * The lowest queued job that the client has all labels for and that need not wait for an earlier one of its series.
 * @param queued by number
 * @param isBlocked whether a job of the series before this one is unfinished, or finished with posts unsent
 */
export function chooseJob(
  queued: readonly QueuedJob[],
  labels: readonly string[],
  isBlocked: (job: QueuedJob) => boolean,
): QueuedJob | undefined {
  return queued.find((job) => job.labels.every((label) => labels.includes(label)) && !isBlocked(job));
}
