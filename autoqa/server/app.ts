/** The server's HTTP interface: health, status, logs, the results page, and the clients' part. */
import { Readable } from "node:stream";
import { Hono } from "hono";
import type { Rounds } from "../watchers/rounds";
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
  page(): string;
}

export function createApp(options: AppOptions): Hono {
  const { jobs, logs, rounds, dispatcher, clientToken, isIdle, page } = options;
  const app = new Hono();
  app.get("/health", (c) => c.json({ status: "ok" }));
  app.get("/status", (c) => {
    const watchers = [...rounds.looks].map(([name, { started, completed, problem }]) => [
      name,
      { started, completed, problem },
    ]);
    return c.json({ idle: isIdle(), watchers: Object.fromEntries(watchers), jobs: jobs.counts() });
  });
  app.get("/", (c) => c.html(page()));
  app.get("/results/*", (c) => {
    const parsed = parseLogPath(decodeURIComponent(c.req.path.slice(1)));
    const job = parsed === undefined ? undefined : jobs.get(parsed.number);
    const isJobs = job !== undefined && job.client === parsed?.client && job.test === parsed.test;
    const log = isJobs ? logs.open(job.number) : undefined;
    if (log === undefined) return c.text("There is no such log.\n", 404);
    const body = Readable.toWeb(log) as ReadableStream<Uint8Array>;
    return c.body(body, 200, { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" });
  });
  app.route("/client", createClientApi(dispatcher, clientToken));
  return app;
}
