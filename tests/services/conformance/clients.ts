/** The real clients: their command lines, and their libraries through a driver. */
import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ACCOUNTS, TestInfra } from "../support/infra";
import { virtualEnvironment } from "./venv";

const COMMAND_TIMEOUT_MS = 60_000;

export interface Shown {
  code: number;
  out: string;
  err: string;
}

interface Request {
  client: "koji" | "koji-multicall" | "bodhi" | "resultsdb" | "conventions" | "xmlrpc";
  url: string;
  method?: string;
  args?: unknown[];
  kwargs?: Record<string, unknown>;
  [more: string]: unknown;
}

export class Clients {
  #driver: ChildProcessWithoutNullStreams | undefined;
  #waiting: ((line: string) => void)[] = [];
  readonly #made = new Map<string, Set<string>>();

  private constructor(
    readonly infra: TestInfra,
    readonly libraries: string,
    readonly bodhiCli: string,
    readonly directory: string,
  ) {}

  static async start(): Promise<Clients> {
    const libraries = await virtualEnvironment("requirements.txt");
    const bodhiCli = await virtualEnvironment("requirements-bodhi-cli.txt");
    const infra = await TestInfra.start();
    const clients = new Clients(infra, libraries, bodhiCli, mkdtempSync(join(tmpdir(), "clients-")));
    const loaded = await infra.loadScenario(join(__dirname, "scenario.yaml"));
    if (loaded.status !== 200) throw new Error(JSON.stringify(loaded.body));
    clients.#writeKojiConfiguration();
    for (const account of ["autoqa", "alice", "bob", "releng"] as const) await clients.#logIntoBodhi(account);
    return clients;
  }

  async close(): Promise<void> {
    this.#driver?.stdin.end();
    this.#driver?.kill();
    await this.infra.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #writeKojiConfiguration(): void {
    const server = this.infra.url("koji", "/kojihub");
    const profile = `server = ${server}\ntopurl = ${this.infra.url("koji", "/kojifiles")}\n`;
    writeFileSync(join(this.directory, "koji.conf"), `[koji]\n${profile}authtype = noauth\n`);
  }

  /** What a browser would do: the identity provider's token, where the client keeps it. */
  async #logIntoBodhi(account: keyof typeof ACCOUNTS): Promise<void> {
    const answer = await this.infra.post("bodhi", "/idp/token", {
      grant_type: "password",
      username: account,
      password: ACCOUNTS[account],
    });
    const home = join(this.directory, account, ".config/bodhi");
    mkdirSync(home, { recursive: true });
    const tokens = { [this.infra.url("bodhi", "/idp")]: answer.body };
    writeFileSync(this.bodhiStorage(account), JSON.stringify({ tokens }));
  }

  bodhiStorage(account: string): string {
    return join(this.directory, account, ".config/bodhi/client.json");
  }

  #run(program: string, args: readonly string[], home: string): Promise<Shown> {
    const env = { PATH: "/usr/bin:/bin", HOME: home, LC_ALL: "C.UTF-8", TZ: "UTC", COLUMNS: "200" };
    return new Promise((resolve) => {
      execFile(
        program,
        [...args],
        { env, cwd: this.directory, timeout: COMMAND_TIMEOUT_MS, maxBuffer: 32 << 20 },
        (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err }),
      );
    });
  }

  /** How many different calls each client has made. */
  made(): Record<string, number> {
    return Object.fromEntries([...this.#made].map(([client, calls]) => [client, calls.size]));
  }

  #count(client: string, call: unknown): void {
    const calls = this.#made.get(client) ?? new Set();
    this.#made.set(client, calls.add(JSON.stringify(call)));
  }

  koji(...args: string[]): Promise<Shown> {
    this.#count("koji's command line", args);
    return this.#run(join(this.libraries, "bin/koji"), ["-c", "koji.conf", ...args], this.directory);
  }

  kojiAs(user: keyof typeof ACCOUNTS, ...args: string[]): Promise<Shown> {
    return this.koji("--authtype", "password", "--user", user, "--password", ACCOUNTS[user], ...args);
  }

  bodhi(account: keyof typeof ACCOUNTS, ...args: string[]): Promise<Shown> {
    this.#count("bodhi's command line", [account, args]);
    const place = ["--url", this.infra.url("bodhi"), "--id-provider", this.infra.url("bodhi", "/idp")];
    return this.#run(
      join(this.bodhiCli, "bin/bodhi"),
      [...args.slice(0, 2), ...place, ...args.slice(2)],
      join(this.directory, account),
    );
  }

  python(script: string, ...args: string[]): Promise<Shown> {
    return this.#run(join(this.libraries, "bin/python"), ["-c", script, ...args], this.directory);
  }

  /** Calls a library. @throws Error named as in Python */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of any shape
  call(request: Request): Promise<any> {
    this.#count(request.client, request);
    const driver = this.#start();
    return new Promise((resolve, reject) => {
      this.#waiting.push((line) => {
        const answer = JSON.parse(line) as { value?: unknown; error?: string; message?: string };
        if (answer.error === undefined) return resolve(answer.value);
        const error = new Error(answer.message);
        error.name = answer.error;
        return reject(error);
      });
      driver.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }

  #start(): ChildProcessWithoutNullStreams {
    if (this.#driver !== undefined) return this.#driver;
    const driver = spawn(join(this.libraries, "bin/python"), [join(__dirname, "clients.py")], {
      env: { PATH: "/usr/bin:/bin", HOME: this.directory, LC_ALL: "C.UTF-8", TZ: "UTC" },
    });
    driver.stderr.resume();
    createInterface({ input: driver.stdout }).on("line", (line) => this.#waiting.shift()?.(line));
    this.#driver = driver;
    return driver;
  }
}
