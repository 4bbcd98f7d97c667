/** A server in a process of its own, and what must hold of it whatever it is sent. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { TOKEN, tarOf } from "../support/infra";
import { fedora2011 } from "../support/situation";
import { Bender } from "./bender";

export const INPUTS = 20_000;
const CONCURRENCY = 24;
const MEMORY_LIMIT_MB = 512;
const ANSWER_TIMEOUT_MS = 20_000;
export const PASSWORD = "a password that no answer shows";

export interface Input {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

export interface Answered {
  status: number;
  text: string;
}

type Service = "koji" | "bodhi" | "resultsdb" | "control";

function check(input: Input, { status, text }: Answered): void {
  const shown = `${input.method} ${input.path} ${input.body.toString("utf8").slice(0, 2000)}\n→ ${status} ${text.slice(0, 1000)}`;
  assert.ok(status < 500 || /does not match format/.test(text), shown);
  assert.doesNotMatch(text, /internal error|\n\s+at .+:\d+:\d+|\.ts:\d+|\.js:\d+|node:internal/, shown);
  assert.ok(!text.includes(PASSWORD), shown);
  assert.ok(!text.includes("root:x:0:0"), shown);
}

export class AttackedServer {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  #complaints = "";

  private constructor(
    readonly ports: Readonly<Record<Service, number>>,
    readonly child: ChildProcess,
    readonly directory: string,
  ) {
    child.stderr?.on("data", (chunk) => {
      this.#complaints += chunk;
    });
  }

  static async start(): Promise<AttackedServer> {
    const directory = mkdtempSync(join(tmpdir(), "robust-"));
    const secrets = join(directory, "secrets.json");
    writeFileSync(secrets, JSON.stringify({ controlToken: TOKEN, accounts: { autoqa: PASSWORD } }));
    const free = ["koji", "bodhi", "resultsdb", "control"].flatMap((name) => [`--${name}-port`, "0"]);
    const program = ["-r", "./setup/typescript.cjs", join(process.cwd(), "services/main.ts")];
    const child = spawn(
      process.execPath,
      [...program, ...free, "--state-directory", join(directory, "state"), "--secrets-file", secrets],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, "line")) as [string];
    const server = new AttackedServer(JSON.parse(line) as Record<Service, number>, child, directory);
    await server.#load();
    return server;
  }

  async #load(): Promise<void> {
    const body = new Uint8Array(await tarOf(JSON.stringify(fedora2011())));
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/x-tar" };
    const response = await fetch(`http://127.0.0.1:${this.ports.control}/situation`, { method: "PUT", headers, body });
    assert.equal(response.status, 200);
  }

  /** Nothing happened to it. */
  assertWell(): void {
    assert.equal(this.child.exitCode, null, "the server is alive");
    const status = readFileSync(`/proc/${this.child.pid}/status`, "utf8");
    const megabytes = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
    assert.ok(megabytes < MEMORY_LIMIT_MB, `it took ${megabytes} MB at most`);
    assert.equal(this.#complaints, "", "no defect was logged");
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    this.child.kill();
    await once(this.child, "exit");
    rmSync(this.directory, { recursive: true, force: true });
  }

  send(service: Service, input: Input): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          port: this.ports[service],
          host: "127.0.0.1",
          method: input.method,
          path: input.path,
          headers: { ...input.headers, "content-length": input.body.length },
          agent: this.#agent,
          timeout: ANSWER_TIMEOUT_MS,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
          );
          response.on("error", reject);
        },
      );
      call.on("timeout", () => call.destroy(new Error("no answer in time")));
      call.on("error", reject);
      call.end(input.body);
    });
  }

  /** Sends many inputs and checks every answer. @returns how many answers had each status */
  async flood(service: Service, make: (bender: Bender) => Input, seed: number): Promise<Map<number, number>> {
    const bender = new Bender(seed);
    const statuses = new Map<number, number>();
    let sent = 0;
    const worker = async (): Promise<void> => {
      while (sent < INPUTS) {
        sent += 1;
        const input = make(bender);
        // A path with bytes that HTTP has no place for cannot be sent by this client.
        if (/[^\x21-\x7e]/.test(input.path)) input.path = encodeURI(input.path);
        const answered = await this.send(service, input).catch((error: Error) => {
          throw new Error(
            `${error.message}: ${input.method} ${input.path} ${input.body.toString("utf8").slice(0, 2000)}`,
          );
        });
        check(input, answered);
        statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    return statuses;
  }

  /** Writes as fast as the server takes it; what the server said when it had enough. */
  raw(service: Service, head: string, body: Buffer): Promise<string> {
    return new Promise((resolve) => {
      const socket = createConnection(this.ports[service], "127.0.0.1");
      let out = "";
      socket.on("data", (chunk) => {
        out += chunk;
      });
      socket.on("error", () => resolve(out));
      socket.on("close", () => resolve(out));
      socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy());
      socket.write(head);
      socket.end(body);
    });
  }
}
