/**
 * The `infra` process: mock koji, mock bodhi and ResultsDB over one world, with one control API. Prints one line of JSON
 * with the ports once all of them listen.
 */
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { bodhiHandler } from "./bodhi/frontend";
import { controlApp } from "./control/app";
import { Supervisors } from "./control/supervisors";
import { type Listener, listen, serverWithLimits, serviceServer } from "./http/listener";
import type { Handler, ServiceName } from "./http/types";
import { Infrastructure, type Secrets } from "./infrastructure";
import { kojiHandler } from "./koji/frontend";
import { resultsdbHandler } from "./resultsdb/frontend";

const SecretsFile = z.object({
  controlToken: z.string().min(16, "must have at least 16 characters"),
  accounts: z.record(z.string(), z.string().min(1)).default({}),
});

/** The user's mistake, told without a stack. */
class UsageError extends Error {}

export function readSecrets(path: string): Secrets {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`the secrets file cannot be read: ${(error as Error).message}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${path} is not JSON; it must hold {"controlToken": "…", "accounts": {"name": "password"}}`);
  }
  const parsed = SecretsFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${path}: ${issue?.path.join(".")}: ${issue?.message}`);
}

function log(message: string): void {
  process.stderr.write(`${message}\n`);
}

export interface Options {
  readonly host: string;
  readonly kojiPort: number;
  readonly bodhiPort: number;
  readonly resultsdbPort: number;
  readonly controlPort: number;
  readonly stateDirectory: string;
  readonly secrets: Secrets;
  readonly supervisorUrls: readonly string[];
  readonly autoqaStatusUrl?: string | undefined;
}

export interface Running {
  readonly ports: { koji: number; bodhi: number; resultsdb: number; control: number };
  readonly infrastructure: Infrastructure;
  close(): Promise<void>;
}

/** Starts everything; when any port cannot be had, nothing stays open. */
export async function startInfrastructure(options: Options): Promise<Running> {
  const infrastructure = new Infrastructure(options.stateDirectory, options.secrets);
  infrastructure.removeLeftovers();
  const world = () => infrastructure.world;
  const { faults, journal } = infrastructure;
  const listeners: Listener[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()));
    infrastructure.close();
  };
  const serve = async (service: ServiceName, port: number, handler: Handler): Promise<number> => {
    const server = serviceServer({ service, handler, journal, faults, clock: () => world().clock, log });
    const listener = await listen(server, options.host, port);
    listeners.push(listener);
    return listener.port;
  };
  try {
    const koji = await serve(
      "koji",
      options.kojiPort,
      kojiHandler({
        world,
        faults,
        sessions: infrastructure.sessions,
        repositories: infrastructure.repositories,
        rpmFile: (sha256) => infrastructure.rpmFile(sha256),
        log,
      }),
    );
    const bodhi = await serve(
      "bodhi",
      options.bodhiPort,
      bodhiHandler({
        world,
        faults,
        accounts: infrastructure.accounts,
        identityProvider: infrastructure.identityProvider,
      }),
    );
    const resultsdb = await serve("resultsdb", options.resultsdbPort, resultsdbHandler(infrastructure.results));
    const app = controlApp({
      infrastructure,
      supervisors: new Supervisors(options.supervisorUrls, options.secrets.controlToken),
      autoqaStatusUrl: options.autoqaStatusUrl,
      log,
    });
    const requestListener = getRequestListener(app.fetch);
    const control = await listen(
      serverWithLimits((message: IncomingMessage, response: ServerResponse) => void requestListener(message, response)),
      options.host,
      options.controlPort,
    );
    listeners.push(control);
    return { ports: { koji, bodhi, resultsdb, control: control.port }, infrastructure, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65535)
    throw new InvalidArgumentError("must be a port number, or 0 for any free one");
  return value;
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value.replace(/\/$/, "")];
}

async function main(): Promise<void> {
  const program = new Command("infra")
    .description("Mock koji, bodhi and ResultsDB over one world, with one control API")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--koji-port <port>", "0 for any free one", port, 7001)
    .option("--bodhi-port <port>", "0 for any free one", port, 7002)
    .option("--resultsdb-port <port>", "0 for any free one", port, 7003)
    .option("--control-port <port>", "0 for any free one", port, 7004)
    .requiredOption("--state-directory <path>", "where results, RPM files and repositories are kept")
    .requiredOption("--secrets-file <path>", 'JSON: {"controlToken": "…", "accounts": {"name": "password"}}')
    .option("--supervisor-url <url>", "a supervisor of the system under test; repeatable", collect, [])
    .option("--autoqa-status-url <url>", "AutoQA's own status, for settling")
    .parse();
  const { secretsFile, supervisorUrl, ...rest } = program.opts();
  const running = await startInfrastructure({
    ...(rest as Omit<Options, "secrets" | "supervisorUrls">),
    secrets: readSecrets(secretsFile as string),
    supervisorUrls: supervisorUrl as string[],
  });
  process.stdout.write(`${JSON.stringify(running.ports)}\n`);
  const stop = (): void => {
    void running.close().then(() => process.exit(0));
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

if (require.main === module) {
  main().catch((error: NodeJS.ErrnoException) => {
    const taken = error.code === "EADDRINUSE" ? `: another process listens there; choose another port` : "";
    log(
      error instanceof UsageError || error.code !== undefined
        ? `infra: ${error.message}${taken}`
        : `infra: ${error.stack}`,
    );
    process.exit(1);
  });
}
