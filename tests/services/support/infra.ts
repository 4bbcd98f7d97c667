/** A whole infrastructure for tests: all front ends on free ports of the loopback interface, in this process. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack } from "tar-stream";
import type { Situation } from "../../../scenarios/format/situation";
import { loadScenario } from "../../../scenarios/load";
import { type Options, type Running, startInfrastructure } from "../../../services/start";

export const TOKEN = "a control token of tests";
export const ACCOUNTS = {
  autoqa: "autoqa's password",
  alice: "alice's password",
  bob: "bob's password",
  releng: "releng's password",
};

/** A situation's tar as the control API takes it. */
export async function tarOf(document: string, files: ReadonlyMap<string, Buffer> = new Map()): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: "situation.json" }, document);
  for (const [digest, content] of files) tar.entry({ name: `rpms/${digest}` }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of any shape
  body: any;
}

export class TestInfra {
  private constructor(
    readonly running: Running,
    readonly directory: string,
  ) {}

  static async start(options: Partial<Options> = {}): Promise<TestInfra> {
    const directory = mkdtempSync(join(tmpdir(), "infra-"));
    const running = await startInfrastructure({
      host: "127.0.0.1",
      ports: { koji: 0, bodhi: 0, resultsdb: 0, control: 0 },
      stateDirectory: join(directory, "state"),
      secrets: { controlToken: TOKEN, accounts: ACCOUNTS },
      log: (message) => process.stderr.write(`${message}\n`),
      ...options,
    });
    return new TestInfra(running, directory);
  }

  async close(): Promise<void> {
    await this.running.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  url(service: "koji" | "bodhi" | "resultsdb" | "control", path = ""): string {
    return `http://127.0.0.1:${this.running.ports[service]}${path}`;
  }

  async control(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.url("control", path), {
      method,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        ...(body === undefined
          ? {}
          : { "content-type": Buffer.isBuffer(body) ? "application/x-tar" : "application/json" }),
      },
      ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  async load(situation: Situation, files?: ReadonlyMap<string, Buffer>): Promise<Answer> {
    return this.control("PUT", "/situation", await tarOf(JSON.stringify(situation), files));
  }

  /** Loads a scenario file, its RPMs built. */
  async loadScenario(path: string): Promise<Answer> {
    const scenario = await loadScenario(path);
    const files = new Map([...scenario.files].map(([digest, file]) => [digest, readFileSync(file)]));
    return this.load(scenario.situation, files);
  }

  async get(service: "koji" | "bodhi" | "resultsdb", path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(this.url(service, path), init);
    const text = await response.text();
    try {
      return { status: response.status, body: JSON.parse(text) };
    } catch {
      return { status: response.status, body: text };
    }
  }

  /** A form, as bodhi's clients send it. */
  async post(service: "bodhi", path: string, form: Record<string, string>): Promise<Answer> {
    return this.get(service, path, { method: "POST", body: new URLSearchParams(form) });
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of any shape
  async journal(): Promise<any[]> {
    return (await this.control("GET", "/journal")).body;
  }
}
