/** Child processes of a command: started together, ended together, none outliving the command. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const LAST_LINES = 20;
/** How long a child may take to end by itself, in milliseconds; a supervisor gives its program 10 s. */
const GRACE = 15_000;

export interface Child {
  name: string;
  /** The first line on standard output that is JSON: how our programs say on which ports they listen. */
  ready: Promise<unknown>;
}

export interface ChildOptions {
  /** Beside that of this process. */
  environment?: Record<string, string>;
  /** The working directory. */
  directory?: string;
}

/** A child that ended though it was not told to. */
export class ChildEnded extends Error {
  override readonly name = "ChildEnded";
}

/** Everything was told to end while something waited. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export class Children {
  readonly #running = new Map<string, ChildProcess>();
  readonly #lines = new Map<string, string[]>();
  #ending = false;
  #failed: (error: Error) => void = () => undefined;
  /** Rejects when the first child ends by itself, or when all are told to end; never resolves. */
  readonly failure = new Promise<never>((_, reject) => {
    this.#failed = reject;
  });

  constructor() {
    // Whoever waits for something else first must not be ended by this.
    this.failure.catch(() => undefined);
  }

  /** Whether it is of no use any more to wait for something of the children. */
  get isEnding(): boolean {
    return this.#ending;
  }

  /** Starts a program of JavaScript with the Node that runs this one; it gets SIGTERM should this process be killed. */
  start(name: string, script: string, args: readonly string[], options: ChildOptions = {}): Child {
    if (this.#ending) throw new Interrupted();
    const command = ["--pdeathsig", "TERM", "--", process.execPath, script, ...args];
    const child = spawn("setpriv", command, {
      env: { ...process.env, ...options.environment },
      cwd: options.directory,
      // Out of the terminal's reach: on Ctrl-C it is this process that ends the children, in order.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines: string[] = [];
    this.#running.set(name, child);
    this.#lines.set(name, lines);
    const keep = (line: string) => {
      lines.push(line);
      if (lines.length > LAST_LINES) lines.shift();
    };
    const ready = new Promise<unknown>((resolve) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        keep(line);
        const json = parseJson(line);
        if (json !== undefined) resolve(json);
      });
    });
    createInterface({ input: child.stderr }).on("line", keep);
    child.once("error", (error) => this.#ended(name, error.message));
    child.once("close", (code, signal) => this.#ended(name, signal === null ? `exit code ${code}` : signal));
    return { name, ready: Promise.race([ready, this.failure]) };
  }

  #ended(name: string, how: string): void {
    this.#running.delete(name);
    if (this.#ending) return;
    const lines = this.#lines.get(name) ?? [];
    const said =
      lines.length === 0 ? "It said nothing." : `Its last lines:\n${lines.map((line) => `  ${line}`).join("\n")}`;
    this.#failed(new ChildEnded(`${name} ended by itself (${how}). ${said}`));
  }

  /** Ends all children, with force those that don't end in time. */
  async end(): Promise<void> {
    this.#ending = true;
    this.#failed(new Interrupted());
    await Promise.all(
      [...this.#running.values()].map(async (child) => {
        if (child.pid === undefined) return;
        const closed = once(child, "close");
        child.kill("SIGTERM");
        const timer = setTimeout(() => child.kill("SIGKILL"), GRACE);
        await closed;
        clearTimeout(timer);
      }),
    );
  }
}

function parseJson(line: string): unknown {
  try {
    return line.startsWith("{") ? JSON.parse(line) : undefined;
  } catch {
    return undefined;
  }
}
