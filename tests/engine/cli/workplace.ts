/** A project with the corpus's provider, a backend and a world of its own, and the engine as a command. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { build } from "esbuild";

const ROOT = path.join(__dirname, "..", "..", "..");
const CORPUS = path.join(ROOT, "tests", "engine", "cases");
const WAIT_MS = 60_000;

/** The engine as one file, as it is bundled for use. Returns the file. */
export async function bundleEngine(directory: string): Promise<string> {
  const outfile = path.join(directory, "engine.js");
  await build({
    entryPoints: [path.join(ROOT, "engine", "cli.ts")],
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    external: ["*.node"],
    logLevel: "error",
    outfile,
  });
  return outfile;
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Running {
  stdout = "";
  stderr = "";
  readonly finished: Promise<Finished>;

  constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      this.stdout += chunk;
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      this.stderr += chunk;
    });
    this.finished = new Promise((resolve) =>
      child.once("close", (code, signal) => resolve({ code, signal, stdout: this.stdout, stderr: this.stderr })),
    );
  }

  /** Waits until the command has printed something. */
  async printed(pattern: RegExp): Promise<void> {
    await until(
      () => pattern.test(this.stdout),
      () => `${pattern} in:\n${this.stdout}\n${this.stderr}`,
    );
  }
}

export async function until(condition: () => boolean, what: () => string): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited ${WAIT_MS / 1000} s in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export class Workplace {
  readonly directory = mkdtempSync(path.join(os.tmpdir(), "engine-cli-"));
  readonly project = path.join(this.directory, "project");
  readonly stateFile = path.join(this.directory, "state", ".pulumi", "stacks", "try", "dev.json");
  private readonly control = path.join(this.directory, "control.json");

  constructor(private readonly engine: string) {
    mkdirSync(this.project);
    mkdirSync(path.join(this.directory, "state"));
    cpSync(path.join(CORPUS, "provider"), path.join(this.project, "provider"), { recursive: true });
    cpSync(path.join(CORPUS, "lib"), this.project, { recursive: true });
    symlinkSync(path.join(ROOT, "node_modules"), path.join(this.project, "node_modules"));
    this.write(
      "Pulumi.yaml",
      "name: try\nruntime: nodejs\nplugins:\n  providers:\n    - name: fake\n      path: ./provider\n",
    );
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.project, file), text);
  }

  read(file: string): string {
    return readFileSync(path.join(this.project, file), "utf8");
  }

  program(body: string): void {
    this.write("index.ts", `import * as pulumi from "@pulumi/pulumi";\nimport { Thing } from "./fake";\n${body}\n`);
  }

  /** What steers the provider, by resource name. */
  steer(rules: Record<string, unknown>): void {
    writeFileSync(this.control, JSON.stringify(rules));
  }

  /** Ids of the things that exist as far as the provider knows. */
  get things(): string[] {
    const file = path.join(this.directory, "reality.json");
    return existsSync(file)
      ? Object.keys((JSON.parse(readFileSync(file, "utf8")) as { things: object }).things).sort()
      : [];
  }

  get state(): { resources?: { urn: string }[]; pending_operations?: { type: string }[] } {
    const { checkpoint } = JSON.parse(readFileSync(this.stateFile, "utf8")) as { checkpoint: { latest: object } };
    return checkpoint.latest;
  }

  /** Names of the resources in the state, without stack and providers. */
  get known(): string[] {
    const own = (this.state.resources ?? []).filter(({ urn }) => urn.includes("::fake:"));
    return own.map(({ urn }) => urn.split("::").at(-1) ?? "").sort();
  }

  start(words: readonly string[], more: NodeJS.ProcessEnv = {}): Running {
    const child = spawn(process.execPath, [this.engine, ...words], {
      cwd: this.project,
      env: {
        PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
        HOME: this.directory,
        PULUMI_BACKEND_URL: `file://${path.join(this.directory, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "phrase",
        PULUMI_NODEJS_TRANSPILE_ONLY: "true",
        NO_COLOR: "1",
        FAKE_REALITY: path.join(this.directory, "reality.json"),
        FAKE_CONTROL: this.control,
        ...more,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return new Running(child);
  }

  run(words: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Finished> {
    return this.start(words, more).finished;
  }

  up(...more: string[]): Promise<Finished> {
    return this.run([...UP, ...more]);
  }

  /** Command lines of processes that have to do with this place. */
  get processes(): string[] {
    return readdirSync("/proc").flatMap((entry) => {
      try {
        const line = /^\d+$/.test(entry) ? readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " ") : "";
        return line.includes(this.directory) ? [line] : [];
      } catch {
        return [];
      }
    });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export const UP = ["up", "--stack", "dev", "--yes", "--skip-preview", "--non-interactive"];
