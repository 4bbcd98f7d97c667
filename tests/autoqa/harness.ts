/** AutoQA, with rpmlint alone unless a test says otherwise, in this process, against the fake infrastructure; tests run in processes of their own as always. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { type RunningClient, startClient } from "../../autoqa/client/client";
import { type RunningServer, startServer } from "../../autoqa/server/server";
import { readServerSettings } from "../../autoqa/settings";
import type { Control } from "../../autoqa/tests/control";
import { control as rpmlint } from "../../autoqa/tests/rpmlint/control";
import { FakeInfrastructure } from "./fake-infrastructure";

export interface Status {
  idle: boolean;
  watchers: Record<string, { started: number; completed: number }>;
  jobs: Record<string, number>;
}

/** How AutoQA becomes one file. */
export const bundling = { bundle: true, platform: "node", target: "node24", loader: { ".py": "text" } } as const;

export class Harness {
  readonly infrastructure = new FakeInfrastructure();
  readonly directory = mkdtempSync(join(tmpdir(), "autoqa-"));
  readonly lines: string[] = [];
  readonly clients: RunningClient[] = [];
  /** The tests that the server runs. */
  controls: readonly Control[] = [rpmlint];
  /** Runs a test, from one bundle as in a machine. */
  command: readonly string[] = [];
  infrastructureUrl = "";
  readonly #programs: ChildProcess[] = [];
  server: RunningServer | undefined;
  port = 0;

  async start(): Promise<this> {
    // Tests run as another user, who must get to their directories.
    chmodSync(this.directory, 0o711);
    const outfile = join(this.directory, "autoqa.js");
    buildSync({ ...bundling, entryPoints: ["autoqa/main.ts"], outfile });
    this.command = [process.execPath, outfile, "run-test"];
    this.infrastructureUrl = await this.infrastructure.start();
    await this.startServer();
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts the server, on the same port and with the same state as before. */
  async startServer(environment: Record<string, string> = {}): Promise<void> {
    const settings = readServerSettings({
      AUTOQA_KOJI_HUB_URL: `${this.infrastructureUrl}/kojihub`,
      AUTOQA_KOJI_FILES_URL: `${this.infrastructureUrl}/kojifiles`,
      AUTOQA_REPOS_URL: `${this.infrastructureUrl}/repositories`,
      AUTOQA_BODHI_URL: `${this.infrastructureUrl}/bodhi`,
      AUTOQA_BODHI_USERNAME: "autoqa",
      AUTOQA_BODHI_PASSWORD: "secret",
      AUTOQA_RESULTSDB_URL: `${this.infrastructureUrl}/resultsdb/api/v2.0`,
      AUTOQA_LISTEN: `127.0.0.1:${this.port}`,
      AUTOQA_PUBLIC_URL: "http://autoqa:8080",
      AUTOQA_STATE_DIRECTORY: join(this.directory, "server"),
      AUTOQA_POLL_SECONDS: "0.05",
      AUTOQA_CLIENT_TOKEN: "client token",
      ...environment,
    });
    const log = (line: string) => this.lines.push(line);
    this.server = await startServer({
      settings,
      controls: this.controls,
      log,
      leaseMilliseconds: 2_000,
      sweepMilliseconds: 200,
      firstRetryMilliseconds: 20,
    });
    this.port = this.server.port;
  }

  startClient(options: { name?: string; labels?: string[]; command?: readonly string[] } = {}): RunningClient {
    const name = options.name ?? "client1";
    const client = startClient({
      settings: {
        AUTOQA_SERVER_URL: this.url,
        AUTOQA_CLIENT_NAME: name,
        AUTOQA_CLIENT_LABELS: options.labels ?? ["noarch", "i386", "x86_64"],
        AUTOQA_CLIENT_TOKEN: "client token",
        AUTOQA_STATE_DIRECTORY: join(this.directory, name),
      },
      command: options.command ?? this.command,
      log: (line) => this.lines.push(line),
      heartbeatMilliseconds: 200,
    });
    this.clients.push(client);
    return client;
  }

  /** Starts a client as a program of its own, which can be killed. */
  spawnClient(): ChildProcess {
    const [node = "", program = ""] = this.command;
    const environment = {
      AUTOQA_SERVER_URL: this.url,
      AUTOQA_CLIENT_NAME: "client1",
      AUTOQA_CLIENT_LABELS: "noarch",
      AUTOQA_CLIENT_TOKEN: "client token",
      AUTOQA_STATE_DIRECTORY: join(this.directory, "client1"),
    };
    const child = spawn(node, [program, "client"], { env: { ...process.env, ...environment }, stdio: "ignore" });
    this.#programs.push(child);
    return child;
  }

  async status(): Promise<Status> {
    const ask = () => fetch(`${this.url}/status`);
    // The connection that is kept from the last call may be one to a server that was restarted.
    return (await (await ask().catch(ask)).json()) as Status;
  }

  /** Waits until AutoQA is idle and every watcher has completed a look that began after this was called. */
  async settle(seconds = 20): Promise<void> {
    const before = await this.status();
    await until(`AutoQA settles:\n${this.lines.join("\n")}`, seconds, async () => {
      const { idle, watchers } = await this.status();
      return (
        idle &&
        Object.entries(watchers).every(([name, { completed }]) => completed > (before.watchers[name]?.started ?? 0))
      );
    });
  }

  /** A log by the URL that was posted. */
  async log(postedUrl: string): Promise<string> {
    const response = await fetch(postedUrl.replace("http://autoqa:8080", this.url));
    assert.equal(response.status, 200, postedUrl);
    return response.text();
  }

  async stop(): Promise<void> {
    for (const program of this.#programs) program.kill("SIGKILL");
    for (const client of this.clients) await client.stop();
    await this.server?.stop();
    await this.infrastructure.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Polls until the condition holds; fails with the reason when the time is over. */
export async function until(
  reason: string,
  seconds: number,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, `still not so after ${seconds} s: ${reason}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
