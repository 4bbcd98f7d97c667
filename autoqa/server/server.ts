/** The server: watchers, jobs, clients and reporters put together. */
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { Bodhi } from "../bodhi/client";
import { LocallyCommentedBodhi } from "../bodhi/local-comments";
import { KojiHub } from "../koji/hub";
import { BodhiReporter } from "../reporters/bodhi";
import { Deliveries } from "../reporters/delivery";
import { LocalBodhiReporter, LocalResultsDbReporter } from "../reporters/local";
import { planPosts } from "../reporters/plan";
import { Posts } from "../reporters/posts";
import { PostsLog } from "../reporters/posts-log";
import type { Reporter } from "../reporters/reporter";
import { ResultsDbReporter } from "../reporters/resultsdb";
import { ResultsDb } from "../resultsdb/client";
import type { ServerSettings } from "../settings";
import type { Control } from "../tests/control";
import { KojiBuildsWatcher } from "../watchers/koji-builds";
import { Rounds } from "../watchers/rounds";
import { UpdateBatchesWatcher } from "../watchers/update-batches";
import { createApp, recentMilliseconds } from "./app";
import { bodhiViewPath } from "./bodhi-view";
import { openStateDirectory } from "./database";
import { Dispatcher } from "./dispatcher";
import { Jobs } from "./jobs";
import { Logs, logPath } from "./logs";
import { renderPage } from "./page";
import { forgetDetails } from "./retention";

/** AutoQA's account where it has none of its own: whose comments it takes for its own. */
const defaultUsername = "autoqa";
const defaultSweepMilliseconds = 5_000;
const forgetMilliseconds = 3_600_000;
const defaultLeaseMilliseconds = 60_000;
/** Shorter than anybody waits for AutoQA to settle, longer than a client's machine takes to start. */
const defaultPatienceMilliseconds = 240_000;
const defaultFirstRetryMilliseconds = 1_000;
const problemsShown = 20;

export interface RunningServer {
  port: number;
  stop(): Promise<void>;
}

export interface ServerOptions {
  settings: ServerSettings;
  controls: readonly Control[];
  log(line: string): void;
  leaseMilliseconds?: number;
  patienceMilliseconds?: number;
  /** Between two searches for lost clients. */
  sweepMilliseconds?: number;
  /** Before the first repetition of a post that could not be sent. */
  firstRetryMilliseconds?: number;
}

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { settings, log } = options;
  const hasRepositories = settings.AUTOQA_REPOS_URL !== undefined;
  const controls = options.controls.filter(({ needsRepositories }) => hasRepositories || !needsRepositories);
  const database = openStateDirectory(settings.AUTOQA_STATE_DIRECTORY);
  const jobs = new Jobs(database);
  const posts = new Posts(database);
  const logs = new Logs(join(settings.AUTOQA_STATE_DIRECTORY, "logs"));
  const tests = controls.map(({ test }) => test);
  const hub = new KojiHub(settings.AUTOQA_KOJI_HUB_URL);
  const username = settings.AUTOQA_BODHI_USERNAME ?? defaultUsername;
  const password = settings.AUTOQA_BODHI_PASSWORD;
  const bodhi = new Bodhi(settings.AUTOQA_BODHI_URL, password === undefined ? undefined : { username, password });
  // Without an account AutoQA judges by what it would have said.
  const localBodhi = password === undefined ? new LocallyCommentedBodhi(database, bodhi, username) : undefined;

  const rounds = new Rounds({
    database,
    jobs,
    controls,
    watchers: [new KojiBuildsWatcher(database, hub), new UpdateBatchesWatcher(database, hub, bodhi)],
    releases: () => bodhi.releases(),
  });
  const deliveries = new Deliveries({
    posts,
    reporters: createReporters(settings, localBodhi, new BodhiReporter(localBodhi ?? bodhi, username, tests)),
    firstUnfinished: () => jobs.firstUnfinished(),
    delivered: () => dispatcher.dispatch(),
    log,
    firstRetryMilliseconds: options.firstRetryMilliseconds ?? defaultFirstRetryMilliseconds,
  });
  const dispatcher = new Dispatcher({
    jobs,
    logs,
    controls,
    endpoints: {
      kojiHubUrl: settings.AUTOQA_KOJI_HUB_URL,
      kojiFilesUrl: settings.AUTOQA_KOJI_FILES_URL,
      bodhiUrl: localBodhi === undefined ? settings.AUTOQA_BODHI_URL : bodhiViewPath,
      bodhiUsername: username,
      ...(settings.AUTOQA_REPOS_URL === undefined ? {} : { reposUrl: settings.AUTOQA_REPOS_URL }),
    },
    planPosts: (job, results) => {
      const url = `${settings.AUTOQA_PUBLIC_URL}/${logPath(job.number, job.client ?? "", job.test)}`;
      for (const { destination, verdict } of planPosts(job, results, url)) posts.add(job.number, destination, verdict);
    },
    awaitPosts: () => !deliveries.isDeferred("bodhi"),
    finished: () => deliveries.wake(),
    leaseMilliseconds: options.leaseMilliseconds ?? defaultLeaseMilliseconds,
    patienceMilliseconds: options.patienceMilliseconds ?? defaultPatienceMilliseconds,
  });
  const isIdle = () => jobs.countUnfinished() === 0 && !rounds.pending && deliveries.idle;
  const problems = () => {
    const since = new Date(jobs.now().getTime() - recentMilliseconds);
    const refused = posts.refusedSince(since, problemsShown).map(({ destination, job, remark }) => {
      return `a post of job ${job} to ${destination} was set aside: ${remark}`;
    });
    return [...deliveries.problems, ...refused];
  };
  const page = () => {
    const { list: clients } = dispatcher.clients;
    const hasLog = (job: number) => logs.has(job);
    return renderPage({ ...{ jobs, posts, rounds, clients, tests, hasLog }, isIdle: isIdle(), problems: problems() });
  };
  const app = createApp({
    ...{ jobs, logs, rounds, dispatcher, isIdle, problems, page, localBodhi },
    clientToken: settings.AUTOQA_CLIENT_TOKEN,
  });

  const { server, port } = await listen(app.fetch, settings.AUTOQA_LISTEN);
  const stopPolling = poll(settings.AUTOQA_POLL_SECONDS * 1000, async () => {
    await rounds.round();
    for (const [name, { problem }] of rounds.looks) if (problem !== undefined) log(`watcher ${name}: ${problem}`);
    dispatcher.dispatch();
    deliveries.wake();
  });
  const stopping = new AbortController();
  const stopForgetting = poll(forgetMilliseconds, () => forgetDetails(database, stopping.signal));
  const sweeper = setInterval(() => dispatcher.sweep(), options.sweepMilliseconds ?? defaultSweepMilliseconds);

  return {
    port,
    stop: async () => {
      clearInterval(sweeper);
      stopping.abort();
      await stopForgetting();
      await stopPolling();
      await deliveries.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
      database.close();
    },
  };
}

function createReporters(
  settings: ServerSettings,
  localBodhi: LocallyCommentedBodhi | undefined,
  bodhiReporter: BodhiReporter,
): Reporter[] {
  const file = new PostsLog(join(settings.AUTOQA_STATE_DIRECTORY, "posts.log"));
  const { AUTOQA_RESULTSDB_URL: resultsDbUrl } = settings;
  return [
    resultsDbUrl === undefined ? new LocalResultsDbReporter(file) : new ResultsDbReporter(new ResultsDb(resultsDbUrl)),
    localBodhi === undefined ? bodhiReporter : new LocalBodhiReporter(localBodhi, bodhiReporter, file),
  ];
}

function listen(handler: Parameters<typeof serve>[0]["fetch"], address: { host: string; port: number }) {
  return new Promise<{ server: ReturnType<typeof serve>; port: number }>((resolve, reject) => {
    const server = serve({ fetch: handler, hostname: address.host, port: address.port }, ({ port }) => {
      resolve({ server, port });
    });
    server.once("error", reject);
  });
}

/** Repeats the work, with a pause after each time. @returns stops it, after the work that is under way */
function poll(pauseMilliseconds: number, work: () => Promise<void>): () => Promise<void> {
  let stopped = false;
  let wake: () => void = () => undefined;
  const loop = (async () => {
    while (!stopped) {
      await work();
      if (stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMilliseconds);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return async () => {
    stopped = true;
    wake();
    await loop;
  };
}
