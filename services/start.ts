/** Starts front ends over one world: all of them, or some, each on its own port. */
import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { bodhiHandler } from "./bodhi/frontend";
import { KeptComments } from "./bodhi/read-through/comments";
import { readThroughHandler } from "./bodhi/read-through/frontend";
import { Upstream } from "./bodhi/read-through/upstream";
import { controlApp } from "./control/app";
import { loadUpload } from "./control/load";
import { Supervisors } from "./control/supervisors";
import { type Listener, listen, serverWithLimits, serviceServer } from "./http/listener";
import type { Handler, ServiceName } from "./http/types";
import { Infrastructure, type Secrets } from "./infrastructure";
import { kojiHandler } from "./koji/frontend";
import { resultsdbHandler } from "./resultsdb/frontend";
import { webAnswer } from "./web/frontend";

export interface Options {
  readonly host: string;
  /** Which to start, and on which port; 0 for any free one. */
  readonly ports: Partial<Record<ServiceName, number>>;
  readonly stateDirectory: string;
  readonly secrets: Secrets;
  readonly supervisorUrls?: readonly string[];
  readonly autoqaStatusUrl?: string | undefined;
  /** A production bodhi to read through, in place of a bodhi of the situation; the clock is then the machine's. */
  readonly bodhiReadThrough?: string | undefined;
  /** A situation's tar to load before anything is served. */
  readonly situation?: string | undefined;
  readonly log: (message: string) => void;
}

export interface Running {
  readonly ports: Record<ServiceName, number>;
  readonly infrastructure: Infrastructure;
  close(): Promise<void>;
}

/** The pages for people have addresses that ResultsDB does not use. */
function withPages(infrastructure: Infrastructure, handler: Handler): Handler {
  return (request) =>
    (request.method === "GET" || request.method === "HEAD" ? webAnswer(infrastructure, request) : undefined) ??
    handler(request);
}

function bodhi(infrastructure: Infrastructure, readThrough: string | undefined): Handler {
  const { accounts, identityProvider, faults } = infrastructure;
  if (readThrough === undefined) {
    return bodhiHandler({ world: () => infrastructure.world, faults, accounts, identityProvider });
  }
  const kept = new KeptComments(join(infrastructure.stateDirectory, "comments.jsonl"));
  infrastructure.keptComments = kept;
  const upstream = new Upstream(readThrough);
  return readThroughHandler({
    upstream,
    kept,
    accounts,
    identityProvider,
    faults,
    clock: () => infrastructure.world.clock,
  });
}

/** Starts what is asked for; when any port cannot be had, nothing stays open. */
export async function startInfrastructure(options: Options): Promise<Running> {
  const { log } = options;
  const infrastructure = new Infrastructure(options.stateDirectory, options.secrets);
  const supervisors = new Supervisors(options.supervisorUrls ?? [], options.secrets.controlToken);
  const listeners: Listener[] = [];
  const ports: Record<ServiceName, number> = { koji: 0, bodhi: 0, resultsdb: 0, control: 0 };
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()));
    infrastructure.close();
  };
  const { faults, journal } = infrastructure;
  const handlers: Readonly<Record<Exclude<ServiceName, "control">, () => Handler>> = {
    koji: () =>
      kojiHandler({
        world: () => infrastructure.world,
        faults,
        sessions: infrastructure.sessions,
        repositories: infrastructure.repositories,
        rpmFile: (sha256) => infrastructure.rpmFile(sha256),
        log,
        web: (request) => webAnswer(infrastructure, request),
      }),
    bodhi: () => bodhi(infrastructure, options.bodhiReadThrough),
    resultsdb: () => {
      const handler = resultsdbHandler(infrastructure.results);
      return options.ports.koji === undefined ? withPages(infrastructure, handler) : handler;
    },
  };
  if (options.bodhiReadThrough !== undefined) infrastructure.useRealClock();
  try {
    infrastructure.removeLeftovers();
    if (options.situation !== undefined) {
      await loadUpload(infrastructure, supervisors, createReadStream(options.situation));
    }
    for (const service of ["koji", "bodhi", "resultsdb"] as const) {
      const port = options.ports[service];
      if (port === undefined) continue;
      const handler = handlers[service]();
      const timed: Handler = (request) => {
        infrastructure.tick();
        return handler(request);
      };
      const clock = () => infrastructure.world.clock;
      const server = serviceServer({ service, handler: timed, journal, faults, clock, log });
      const listener = await listen(server, options.host, port);
      listeners.push(listener);
      ports[service] = listener.port;
    }
    if (options.ports.control !== undefined) {
      const app = controlApp({ infrastructure, supervisors, autoqaStatusUrl: options.autoqaStatusUrl, log });
      const answer = getRequestListener(app.fetch);
      const server = serverWithLimits(
        (message: IncomingMessage, response: ServerResponse) => void answer(message, response),
      );
      const listener = await listen(server, options.host, options.ports.control);
      listeners.push(listener);
      ports.control = listener.port;
    }
    return { ports, infrastructure, close };
  } catch (error) {
    await close();
    throw error;
  }
}
