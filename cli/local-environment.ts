/** A stage 3 environment without VMs: the mock infrastructure and AutoQA as plain processes on 127.0.0.1. */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Autoqa, AutoqaSource } from "../stacks/autoqa-source";
import { Children } from "./children";

const HOST = "127.0.0.1";
const CLIENT = "client1";
const POLL_SECONDS = "0.25";
/** How long everything together may take until it is healthy, in milliseconds. */
const HEALTH_DEADLINE = 60_000;

/** The programs' files of JavaScript, as the machines run them. */
export interface Programs {
  infra: string;
  supervisor: string;
}

/** An AutoQA whose files lie on this host. */
export interface LocalAutoqa extends Omit<Autoqa, "files"> {
  /** The working directory of its programs. */
  directory: string;
}

/** The stack outputs of such an environment; there is no machine, and so no key. */
export interface LocalOutputs {
  stage: 3;
  generation: string;
  koji: { hubUrl: string; filesUrl: string };
  repos: { url: string };
  bodhi: { url: string };
  resultsdb: { url: string };
  autoqa: { url: string; source: AutoqaSource };
  control: { url: string };
  controlToken: string;
  machines: [];
}

export interface LocalEnvironment {
  outputs: LocalOutputs;
  /** Rejects when one of the processes ends by itself. */
  failure: Promise<never>;
  stop(): Promise<void>;
}

/** Something did not become healthy. */
export class NotHealthy extends Error {
  override readonly name = "NotHealthy";
}

const InfraPorts = z.object({ koji: z.number(), bodhi: z.number(), resultsdb: z.number(), control: z.number() });

/**
 * Starts everything and waits until it is healthy.
 * @param directory for state, logs and secrets; whoever calls removes it
 * @param interrupted ends everything, whether it is healthy already or not
 * @throws {ChildEnded | NotHealthy} with the last lines of what did not start
 * @throws Interrupted
 */
export async function startLocalEnvironment(
  programs: Programs,
  autoqa: LocalAutoqa,
  directory: string,
  interrupted?: AbortSignal,
): Promise<LocalEnvironment> {
  const children = new Children();
  interrupted?.addEventListener("abort", () => void children.end());
  try {
    const outputs = await start(children, programs, autoqa, directory);
    return { outputs, failure: children.failure, stop: () => children.end() };
  } catch (error) {
    await children.end();
    throw error;
  }
}

async function start(
  children: Children,
  programs: Programs,
  autoqa: LocalAutoqa,
  directory: string,
): Promise<LocalOutputs> {
  const secret = () => randomBytes(24).toString("hex");
  const [controlToken, bodhiPassword, clientToken] = [secret(), secret(), secret()];
  const [autoqaPort = 0, serverPort = 0, clientPort = 0] = await freePorts(3);
  const autoqaUrl = `http://${HOST}:${autoqaPort}`;

  await mkdir(join(directory, "infra"));
  const infraSecrets = await writeSecrets(directory, "infra", { controlToken, accounts: { autoqa: bodhiPassword } });
  const supervisorPorts = autoqa.client === undefined ? [serverPort] : [serverPort, clientPort];
  const infra = children.start("the mock infrastructure", programs.infra, [
    ...["--host", HOST, "--koji-port", "0", "--bodhi-port", "0", "--resultsdb-port", "0", "--control-port", "0"],
    ...["--state-directory", join(directory, "infra"), "--secrets-file", infraSecrets],
    ...supervisorPorts.flatMap((port) => ["--supervisor-url", `http://${HOST}:${port}`]),
    ...["--autoqa-status-url", `${autoqaUrl}/status`],
  ]);
  const ports = InfraPorts.parse(await infra.ready);
  const url = (port: number, path: string) => `http://${HOST}:${port}${path}`;
  const services = {
    koji: { hubUrl: url(ports.koji, "/kojihub"), filesUrl: url(ports.koji, "/kojifiles") },
    repos: { url: url(ports.koji, "/repositories") },
    bodhi: { url: url(ports.bodhi, "/") },
    resultsdb: { url: url(ports.resultsdb, "/api/v2.0") },
    control: { url: url(ports.control, "") },
  };

  const supervise = async (
    role: "server" | "client",
    port: number,
    command: string[],
    secrets: Record<string, string>,
    environment: Record<string, string>,
  ) => {
    const own = join(directory, role);
    await mkdir(own);
    const secretsFile = await writeSecrets(directory, role, { controlToken, environment: secrets });
    const health = role === "server" ? ["--health-url", `${autoqaUrl}/health`] : [];
    const options = [
      ...["--listen", `${HOST}:${port}`, "--secrets-file", secretsFile, "--state-directory", join(own, "state")],
      ...["--log-file", logFile(directory, role), "--clock-file", join(own, "clock")],
      ...[...health, "--", ...command],
    ];
    // What AutoQA calls node is, as on the machines, the project's.
    const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
    const supervisor = children.start(`the supervisor of AutoQA's ${role}`, programs.supervisor, options, {
      environment: { ...environment, PATH },
      directory: autoqa.directory,
    });
    await supervisor.ready;
  };
  await supervise(
    "server",
    serverPort,
    autoqa.server,
    { AUTOQA_BODHI_PASSWORD: bodhiPassword, AUTOQA_CLIENT_TOKEN: clientToken },
    {
      AUTOQA_KOJI_HUB_URL: services.koji.hubUrl,
      AUTOQA_KOJI_FILES_URL: services.koji.filesUrl,
      AUTOQA_REPOS_URL: services.repos.url,
      AUTOQA_BODHI_URL: url(ports.bodhi, ""),
      AUTOQA_BODHI_USERNAME: "autoqa",
      AUTOQA_RESULTSDB_URL: services.resultsdb.url,
      AUTOQA_LISTEN: `${HOST}:${autoqaPort}`,
      // Stands in what is posted, so it is the same as on machines.
      AUTOQA_PUBLIC_URL: "http://autoqa:8080",
      AUTOQA_POLL_SECONDS: POLL_SECONDS,
    },
  );
  if (autoqa.client !== undefined) {
    const environment = {
      AUTOQA_SERVER_URL: autoqaUrl,
      AUTOQA_CLIENT_NAME: CLIENT,
      AUTOQA_CLIENT_LABELS: "x86_64,i386,noarch",
    };
    await supervise("client", clientPort, autoqa.client, { AUTOQA_CLIENT_TOKEN: clientToken }, environment);
  }

  const asked = { "the mock infrastructure": services.control.url, "AutoQA's server": `http://${HOST}:${serverPort}` };
  await Promise.race([children.failure, healthy(asked, directory, children)]);
  const generation = `local-${randomBytes(8).toString("hex")}`;
  return {
    stage: 3,
    generation,
    ...services,
    autoqa: { url: autoqaUrl, source: autoqa.source },
    controlToken,
    machines: [],
  };
}

async function writeSecrets(directory: string, name: string, secrets: object): Promise<string> {
  const file = join(directory, `${name}-secrets.json`);
  await writeFile(file, JSON.stringify(secrets), { mode: 0o600 });
  return file;
}

function logFile(directory: string, role: string): string {
  return join(directory, `${role}.log`);
}

/** Ports that nothing listens on at this moment. The system gives them in turn, so that they stay free for a while. */
async function freePorts(count: number): Promise<number[]> {
  const listening = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<Server>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, HOST, () => resolve(server));
      });
    }),
  );
  return Promise.all(
    listening.map((server) => {
      const { port } = server.address() as { port: number };
      return new Promise<number>((resolve) => server.close(() => resolve(port)));
    }),
  );
}

/** Waits until every service's /health answers 200. @throws {NotHealthy} naming the one that doesn't, and why */
async function healthy(services: Record<string, string>, directory: string, children: Children): Promise<void> {
  const deadline = performance.now() + HEALTH_DEADLINE;
  for (const [name, url] of Object.entries(services)) {
    for (;;) {
      const { status, problem } = await probe(`${url}/health`);
      if (status === 200) break;
      if (children.isEnding) return;
      // A supervisor that has given its program up answers 500.
      if (status === 500 || performance.now() > deadline)
        throw new NotHealthy(`${name} is not healthy: ${problem}\n${await lastLines(directory)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function probe(url: string): Promise<{ status?: number; problem: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return { status: response.status, problem: `${url} answers HTTP ${response.status} ${await response.text()}` };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
    return { problem: `${url}: ${cause?.code ?? message}` };
  }
}

/** What AutoQA said last: its supervisors keep its logs. */
async function lastLines(directory: string): Promise<string> {
  const parts = ["server", "client"].map(async (role) => {
    const text = await readFile(logFile(directory, role), "utf8").catch(() => undefined);
    if (text === undefined) return "";
    const lines = text.trimEnd().split("\n").slice(-10);
    return [`Last lines of AutoQA's ${role}:`, ...lines.map((line) => `  ${line}`)].join("\n");
  });
  return (await Promise.all(parts)).join("\n");
}
