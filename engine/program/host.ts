/** Runs the program through the SDK's own `cmd/run`, as the official language host does. */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { UserError } from "../errors";
import type { Project } from "../project/project";

/** The SDK has told the user what is wrong; nothing is left to say. */
const ALREADY_REPORTED = 32;
const END_TIMEOUT_MS = 5_000;

export interface ProgramOptions {
  readonly project: Project;
  readonly organization: string;
  readonly stack: string;
  readonly dryRun: boolean;
  readonly parallel: number;
  /** Where the ResourceMonitor and Engine services listen. */
  readonly address: string;
  /** Fully qualified key to text; structured values are JSON. */
  readonly config: ReadonlyMap<string, string>;
  readonly secretKeys: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** What the program itself prints. */
  readonly output: (text: string) => void;
}

/** How a program came to its end. `message` is for the user; it is absent when the SDK has reported the error. */
export type ProgramEnd = { readonly ok: true } | { readonly ok: false; readonly message: string | undefined };

export class Program {
  private constructor(
    private readonly child: ChildProcess,
    readonly ended: Promise<ProgramEnd>,
  ) {}

  /** Starts the program with the Node.js that runs the engine. Throws a UserError when the SDK is not installed. */
  static start(options: ProgramOptions): Program {
    const { project } = options;
    const child = spawn(process.execPath, [...project.nodeArguments, runner(project), ...argumentsOf(options)], {
      cwd: project.programDirectory,
      env: environmentOf(options),
      stdio: ["ignore", "pipe", "pipe"],
      // ^C is for the engine: the program ends when its registrations are refused.
      detached: true,
    });
    const atExit = () => child.kill("SIGKILL");
    process.once("exit", atExit);
    child.stdout?.on("data", (chunk: Buffer) => options.output(chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => options.output(chunk.toString()));
    const ended = new Promise<ProgramEnd>((resolve) => {
      child.once("error", (error) =>
        resolve({ ok: false, message: `the program could not be started: ${error.message}` }),
      );
      child.once("close", (code, signal) => {
        process.removeListener("exit", atExit);
        if (code === 0) resolve({ ok: true });
        else if (code === ALREADY_REPORTED) resolve({ ok: false, message: undefined });
        else resolve({ ok: false, message: complaint(code, signal) });
      });
    });
    return new Program(child, ended);
  }

  /** Ends the program at once. */
  abort(): void {
    this.child.kill("SIGKILL");
  }

  /** Gives the program a moment to end by itself, then ends it. */
  async end(): Promise<void> {
    const timer = setTimeout(() => this.child.kill("SIGKILL"), END_TIMEOUT_MS);
    await this.ended;
    clearTimeout(timer);
  }
}

function complaint(code: number | null, signal: NodeJS.Signals | null): string {
  const how = signal ? `was killed by ${signal}` : `exited with non-zero exit code: ${code}`;
  return `an unhandled error occurred: Program ${how}`;
}

function runner(project: Project): string {
  try {
    return createRequire(path.join(project.programDirectory, "index.js")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new UserError(
      `the program's packages are not installed: @pulumi/pulumi is not found from ${project.programDirectory}. Run \`npm install\` there`,
    );
  }
}

/** The order matters: the entry point is last. */
function argumentsOf(options: ProgramOptions): string[] {
  const { project, address, organization, stack, parallel } = options;
  return [
    ...["--monitor", address, "--engine", address],
    ...["--organization", organization, "--project", project.name, "--root-directory", project.root],
    ...["--stack", stack, "--pwd", project.programDirectory],
    ...(options.dryRun ? ["--dry-run"] : []),
    ...["--parallel", String(parallel)],
    project.entryPoint,
  ];
}

function environmentOf(options: ProgramOptions): NodeJS.ProcessEnv {
  const { project } = options;
  return {
    ...options.environment,
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(options.config)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(options.secretKeys),
    PULUMI_NODEJS_TYPESCRIPT: String(project.typescript),
    ...(project.tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: project.tsconfig }),
  };
}
