/** A test's control: for which events, architectures and clients it is meant (AutoQA's control.autoqa). */
import type { Event, EventName } from "../events/events";

export interface Control {
  test: string;
  events: EventName[];
  /** The architectures to run on for this event, a job each; none if the test is not meant for it. */
  arches(event: Event): string[];
  /** Labels that a client must have to get the job. */
  labels(arch: string): string[];
  /** After this a run is ended. */
  timeoutSeconds: number;
  /** Whether it reads the distribution's repositories: where AutoQA was told of none, it is not run. */
  needsRepositories?: boolean;
  /**
   * Jobs with the same word run one after the other, each after the posts of the one before: for tests that read
   * what AutoQA said earlier.
   */
  serialBy?(event: Event, arch: string): string;
}
