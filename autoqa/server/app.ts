/** The server's HTTP interface: health, status, logs, the results page, and the clients' part. */
import { Readable } from "node:stream";
import { Hono } from "hono";
import type { LocallyCommentedBodhi } from "../bodhi/local-comments";
import type { Rounds } from "../watchers/rounds";
import { bodhiViewPath, createBodhiView } from "./bodhi-view";
import { createClientApi } from "./client-api";
import type { Dispatcher } from "./dispatcher";
import type { Jobs } from "./jobs";
import { type Logs, parseLogPath } from "./logs";

export interface AppOptions {
  jobs: Jobs;
  logs: Logs;
  rounds: Rounds;
  dispatcher: Dispatcher;
  clientToken: string;
  isIdle(): boolean;
  /** What is wrong and no watcher's. */
  problems(): string[];
  page(): string;
  /** Present where bodhi's comments of AutoQA's are kept here. */
  localBodhi?: LocallyCommentedBodhi | undefined;
}

/** Of the jobs' ends, the status tells those of so long: what was wrong long ago is no problem of today's. */
export const recentMilliseconds = 24 * 3600 * 1000;

export function createApp(options: AppOptions): Hono {
  const { jobs, logs, rounds, dispatcher, clientToken, isIdle, problems, page, localBodhi } = options;
  const app = new Hono();
  app.get("/health", (c) => c.json({ status: "ok" }));
  app.get("/status", (c) => {
    const watchers = [...rounds.looks].map(([name, { started, completed, problem }]) => [
      name,
      { started, completed, problem },
    ]);
    const ended = jobs.countsSince(new Date(jobs.now().getTime() - recentMilliseconds));
    return c.json({ idle: isIdle(), watchers: Object.fromEntries(watchers), jobs: ended, problems: problems() });
  });
  app.get("/", (c) => c.html(page()));
  app.get("/results/*", (c) => {
    const parsed = parseLogPath(c.req.path.slice(1));
    const job = parsed === undefined ? undefined : jobs.get(parsed.number);
    const isJobs = job !== undefined && job.client === parsed?.client && job.test === parsed.test;
    const log = isJobs ? logs.open(job.number) : undefined;
    if (log === undefined) return c.text("There is no such log.\n", 404);
    const body = Readable.toWeb(log) as ReadableStream<Uint8Array>;
    return c.body(body, 200, { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" });
  });
  app.route("/client", createClientApi(dispatcher, clientToken));
  if (localBodhi !== undefined) app.route(bodhiViewPath, createBodhiView(localBodhi));
  return app;
}
