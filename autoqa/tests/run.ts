/** What a test's run is given and what it gives back. Runs happen in a process of their own, see client/isolation.ts. */
import * as z from "zod";
import { Event } from "../events/events";
import { outcomes } from "../outcomes";

/** Where the services are, as a test may know it: addresses, and no credentials. */
export const Endpoints = z.object({
  kojiHubUrl: z.string(),
  kojiFilesUrl: z.string(),
  bodhiUrl: z.string(),
  /** AutoQA's name at bodhi: its comments say what it has accepted. */
  bodhiUsername: z.string(),
  reposUrl: z.string().optional(),
});
export type Endpoints = z.infer<typeof Endpoints>;

/** The task on a run's standard input. */
export const Task = z.object({
  test: z.string(),
  arch: z.string(),
  event: Event,
  endpoints: Endpoints,
  /** A directory of the run's own, which is removed afterwards. */
  directory: z.string(),
});
export type Task = z.infer<typeof Task>;

/** The word on one item. */
export const TestResult = z.object({
  item: z.string(),
  type: z.enum(["koji_build", "bodhi_update"]),
  outcome: z.enum(outcomes),
  /** One line, the same whenever the same thing is tested. */
  note: z.string(),
  /** The builds that were judged: an update that has others by now was edited meanwhile. */
  builds: z.array(z.string()),
});
export type TestResult = z.infer<typeof TestResult>;

export interface Run extends Task {
  /** A line of the log: no times, no paths, nothing random, for logs are compared between deploys. */
  log(line: string): void;
}

export type TestFunction = (run: Run) => Promise<TestResult[]>;
