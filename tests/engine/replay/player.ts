/** Plays a case's commands with the local engine, in a directory, a backend and a world of its own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
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
import { type Case, type CaseStep, CORPUS, type Expected, type JsonObject } from "./corpus";

const ROOT = path.join(__dirname, "..", "..", "..");
const RUNS_PROGRAM = new Set(["up", "preview", "refresh", "destroy"]);
const STEP_TIMEOUT_MS = 120_000;
/** The recorder waited as long after the call had begun. */
const KILL_DELAY_MS = 300;

/** What the local engine did. */
export interface Observed {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly journal: readonly JsonObject[];
  /** The resources and pending operations, with secrets in the clear. */
  readonly state: readonly JsonObject[];
}

export class Player {
  private readonly work = mkdtempSync(path.join(os.tmpdir(), "replay-"));
  private readonly case = path.join(this.work, "case");
  private readonly reality = path.join(this.work, "reality.json");
  private readonly control = path.join(this.work, "control.json");

  constructor(
    private readonly played: Case,
    private readonly engine: string,
  ) {
    mkdirSync(this.case);
    mkdirSync(path.join(this.work, "state"));
    cpSync(path.join(CORPUS, "provider"), path.join(this.case, "provider"), { recursive: true });
    symlinkSync(path.join(ROOT, "node_modules"), path.join(this.case, "node_modules"));
    for (const entry of readdirSync(played.directory)) {
      if (entry === "steps.json" || entry === "expected.json") continue;
      cpSync(path.join(played.directory, entry), path.join(this.case, entry), { recursive: true });
    }
    for (const project of played.projects) {
      for (const file of readdirSync(path.join(CORPUS, "lib"))) {
        const target = path.join(this.case, project, file);
        if (!existsSync(target)) cpSync(path.join(CORPUS, "lib", file), target);
      }
    }
  }

  async init(): Promise<void> {
    for (const project of this.played.projects) {
      const { exit, stderr } = await this.run({ dir: project }, ["stack", "init", "dev", "--non-interactive"]);
      if (exit !== 0) throw new Error(`stack init failed: ${stderr}`);
    }
  }

  async play(step: CaseStep): Promise<Observed> {
    this.prepare(step);
    const journal = path.join(this.work, "journal.jsonl");
    rmSync(journal, { force: true });
    const { exit, stdout, stderr } = await this.run(step, wordsOf(step), step.kill);
    return { exit, stdout, stderr, journal: linesOf(journal), state: await this.state(step) };
  }

  /** Makes state and world what they were after the recorded step, where that depended on chance. */
  resume(expected: Expected): void {
    writeFileSync(this.reality, JSON.stringify(expected.reality));
    const file = this.stateFile({});
    const document = JSON.parse(readFileSync(file, "utf8")) as {
      checkpoint: { latest: { resources: JsonObject[] } };
    };
    for (const resource of document.checkpoint.latest.resources) {
      const recorded = expected.state?.find(({ urn }) => urn === resource.urn);
      for (const part of ["inputs", "outputs", "dependencies", "propertyDependencies"]) {
        if (recorded?.[part] !== undefined) resource[part] = recorded[part];
      }
    }
    writeFileSync(file, JSON.stringify(document));
  }

  remove(): void {
    rmSync(this.work, { recursive: true, force: true });
  }

  private prepare(step: CaseStep): void {
    const project = path.join(this.case, step.dir ?? ".");
    if (step.program) {
      for (const file of readdirSync(project)) if (file.startsWith("index.")) rmSync(path.join(project, file));
      cpSync(path.join(this.played.directory, step.program), path.join(project, `index${path.extname(step.program)}`));
    }
    rmSync(this.control, { force: true });
    if (step.control) writeFileSync(this.control, JSON.stringify(step.control));
    if (step.before) execFileSync("sh", ["-c", step.before], { cwd: this.case });
    if (step.reality) this.changeWorld(step.reality);
  }

  private changeWorld(wish: NonNullable<CaseStep["reality"]>): void {
    const world = existsSync(this.reality)
      ? (JSON.parse(readFileSync(this.reality, "utf8")) as { things: Record<string, { props: JsonObject }> })
      : { counters: {}, things: {} as Record<string, { props: JsonObject }> };
    for (const thing of wish.remove ?? []) delete world.things[thing];
    for (const [thing, props] of Object.entries(wish.change ?? {}))
      Object.assign(world.things[thing]?.props ?? {}, props);
    Object.assign(world.things, wish.add);
    writeFileSync(this.reality, JSON.stringify(world));
  }

  /** The state file as it is, or through `stack export` when it holds secrets. */
  private async state(step: { readonly dir?: string }): Promise<JsonObject[]> {
    const text = readFileSync(this.stateFile(step), "utf8");
    if (!text.includes('"ciphertext"')) {
      const { checkpoint } = JSON.parse(text) as { checkpoint: { latest?: Record<string, JsonObject[]> } };
      return [...(checkpoint.latest?.resources ?? []), ...(checkpoint.latest?.pending_operations ?? [])];
    }
    const { stdout } = await this.run(step, ["stack", "export", "--show-secrets", "--stack", "dev"]);
    const { deployment } = JSON.parse(stdout) as { deployment: Record<string, JsonObject[]> };
    return [...(deployment.resources ?? []), ...(deployment.pending_operations ?? [])];
  }

  private stateFile(step: { readonly dir?: string }): string {
    const settings = readFileSync(path.join(this.case, step.dir ?? ".", "Pulumi.yaml"), "utf8");
    const project = /^name: (.+)$/m.exec(settings)?.[1] ?? "";
    return path.join(this.work, "state", ".pulumi", "stacks", project, "dev.json");
  }

  private environment(step: { readonly env?: Record<string, string> }): NodeJS.ProcessEnv {
    return {
      PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: path.join(this.work, "home"),
      PULUMI_HOME: path.join(this.work, "home", ".pulumi"),
      PULUMI_BACKEND_URL: `file://${path.join(this.work, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "golden",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      NO_COLOR: "1",
      NODE_COMPILE_CACHE: path.join(path.dirname(this.engine), "compiled"),
      FAKE_REALITY: this.reality,
      FAKE_CONTROL: this.control,
      FAKE_JOURNAL: path.join(this.work, "journal.jsonl"),
      ...step.env,
    };
  }

  private run(
    step: { readonly dir?: string; readonly env?: Record<string, string>; readonly stdin?: string },
    words: readonly string[],
    kill?: CaseStep["kill"],
  ): Promise<{ exit: number; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [this.engine, ...words], {
      cwd: path.join(this.case, step.dir ?? "."),
      env: this.environment(step),
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    child.stdin.on("error", () => {});
    child.stdin.end(step.stdin ?? "");
    if (kill) void this.strike(child, kill);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        stderr += `\n[replay: gave up after ${STEP_TIMEOUT_MS / 1000} s]\n`;
        child.kill("SIGKILL");
      }, STEP_TIMEOUT_MS);
      child.once("close", (code, signal) => {
        clearTimeout(timer);
        resolve({ exit: code ?? (signal === "SIGKILL" ? -9 : -1), stdout, stderr });
      });
    });
  }

  /** Kills the engine, and with it everything it has started, once the provider has begun a given call. */
  private async strike(child: ChildProcess, kill: NonNullable<CaseStep["kill"]>): Promise<void> {
    const begun = (entry: JsonObject) => {
      const { urn } = (entry.request ?? {}) as { urn?: string };
      return entry.at === "begin" && entry.method === kill.method && urn?.endsWith(`::${kill.name}`);
    };
    const deadline = Date.now() + STEP_TIMEOUT_MS / 2;
    while (Date.now() < deadline && child.exitCode === null) {
      if (linesOf(path.join(this.work, "journal.jsonl")).some(begun)) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await new Promise((resolve) => setTimeout(resolve, KILL_DELAY_MS));
    const family = descendantsOf(child.pid ?? 0);
    child.kill(kill.signal);
    for (const pid of family) process.kill(pid, "SIGKILL");
  }
}

function wordsOf(step: CaseStep): string[] {
  const args = step.args ?? [];
  const words = [...step.op.split(" "), ...args, "--stack", "dev", "--non-interactive"];
  if (RUNS_PROGRAM.has(step.op)) words.push("--suppress-progress");
  if (["up", "refresh", "destroy"].includes(step.op) && !args.includes("--preview-only")) {
    words.push("--yes", ...(step.withPreview ? [] : ["--skip-preview"]));
  }
  return words;
}

function linesOf(file: string): JsonObject[] {
  if (!existsSync(file)) return [];
  const whole = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return whole.map((line) => JSON.parse(line) as JsonObject);
}

/** Processes that a process has started, directly or not. */
function descendantsOf(pid: number): number[] {
  const children = readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      return parent === pid ? [Number(entry)] : [];
    } catch {
      return [];
    }
  });
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}
