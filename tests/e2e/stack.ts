/** A stack of a test's own, with its own state, driven by the commands that users have. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Traces } from "./traces";

export const projectDirectory = join(__dirname, "../..");

export interface Finished {
  exitCode: number | null;
  output: string;
  seconds: number;
}

/** The stack outputs that tests use. */
export interface Outputs {
  stage: number;
  generation: string;
  koji: { hubUrl: string };
  autoqa: { url: string };
  control: { url: string };
  controlToken: string;
  machines: { name: string; ssh: { host: string; port: number; user: string } }[];
  sshPrivateKey: string;
}

export function succeeded(finished: Finished): Finished {
  assert.equal(finished.exitCode, 0, finished.output);
  return finished;
}

export class TestStack {
  readonly name: string;
  readonly scratch: string;
  private readonly configFile: string;
  private readonly audit: Traces;

  /** @param config lines of YAML below `config:` */
  constructor(label: string, config: string) {
    this.name = `e2e${label}${process.pid}`;
    this.scratch = mkdtempSync(join(tmpdir(), "autoqa-e2e-"));
    this.audit = new Traces(this.name, this.scratch);
    this.configFile = join(projectDirectory, `Pulumi.${this.name}.yaml`);
    this.configure(config);
  }

  configure(config: string): void {
    writeFileSync(this.configFile, `config:\n${config}`);
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${this.scratch}`,
      PULUMI_CONFIG_PASSPHRASE: "of a test",
    };
  }

  /** Runs one of package.json's commands on this stack, in this checkout or another one. */
  run(command: "up" | "preview" | "destroy" | "outputs", args: string[] = [], checkout = projectDirectory) {
    return this.program(["cli/main.ts", command, "--engine", "local", "--stack", this.name, ...args], checkout);
  }

  async program(args: string[], checkout = projectDirectory): Promise<Finished> {
    const start = performance.now();
    const child = this.start(args, checkout);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { exitCode, output, seconds: (performance.now() - start) / 1000 };
  }

  /** Starts a program in a process group of its own, so that a test can kill all of it at once. */
  start(args: string[], checkout = projectDirectory) {
    return spawn("sh", ["cli/run.sh", ...args], {
      cwd: checkout,
      env: this.environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
  }

  /** Everything of this stack on this machine. */
  traces(): string[] {
    return this.audit.find();
  }

  async outputs(): Promise<Outputs> {
    const outputs = JSON.parse(succeeded(await this.run("outputs", ["--json", "--show-secrets"])).output) as Outputs;
    this.audit.note(outputs);
    return outputs;
  }

  /** Runs the verification of this stack. @param report a name for its directory below `scratch` */
  async verify(report: string, args: string[] = []): Promise<Finished> {
    const outputsFile = join(this.scratch, "outputs.json");
    writeFileSync(outputsFile, JSON.stringify(await this.outputs()), { mode: 0o600 });
    const options = ["--outputs", outputsFile, "--report", join(this.scratch, report), ...args];
    return this.program(["verify/main.ts", ...options]);
  }

  /** Runs a command on a machine. */
  ssh(to: Outputs, machine: string, command: string) {
    const key = join(this.scratch, "key");
    writeFileSync(key, to.sshPrivateKey, { mode: 0o600 });
    const { host, port, user } = to.machines.find(({ name }) => name === machine)?.ssh ?? assert.fail(machine);
    return spawnSync(
      "ssh",
      [
        ...["-i", key, "-p", String(port), "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"],
        ...["-o", "LogLevel=ERROR", `${user}@${host}`, command],
      ],
      { encoding: "utf8" },
    );
  }

  domains(): string[] {
    return this.audit.domains();
  }

  /** What deploys kept of what was posted to the one before. */
  archives(): string[] {
    const directory = join(projectDirectory, "reports/archive");
    const names = existsSync(directory) ? readdirSync(directory) : [];
    return names.filter((name) => name.startsWith(`${this.name}-`)).map((name) => join(directory, name));
  }

  async remove(): Promise<void> {
    await this.run("destroy");
    for (const archive of this.archives()) rmSync(archive);
    rmSync(this.configFile, { force: true });
    // What is left of the state is for traces() to find.
    if (this.audit.state().length === 0) rmSync(this.scratch, { recursive: true, force: true });
  }
}

/** The configuration of a small stage 3. */
export const stage3Config = `  autoqa-staging:stage: "3"
  autoqa-staging:pristine: always
  autoqa-staging:hypervisors: [{ name: local, uri: "qemu:///system" }]
  autoqa-staging:machines:
    - { name: infra, role: infra, memoryMiB: 512 }
    - { name: autoqa, role: autoqa, memoryMiB: 512 }
    - { name: client1, role: client, memoryMiB: 512 }
`;
