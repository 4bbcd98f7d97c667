/** A second mock koji and bodhi, outside of the environment, in the place of production: nobody may test against that. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bundlePrograms } from "../../components/payload/bundle";
import { loadScenario } from "../../scenarios/load";
import { Control } from "../../verify/control";
import { projectDirectory } from "./stack";

const controlToken = "the control token of production";

export class Production {
  readonly #scratch = mkdtempSync(join(tmpdir(), "autoqa-production-"));
  #process: ChildProcess | undefined;
  #ports: Record<"koji" | "bodhi" | "control", number> = { koji: 0, bodhi: 0, control: 0 };

  /** Starts it on the loopback with the situation of a scenario. */
  async start(scenario: string): Promise<void> {
    const { infra } = await bundlePrograms(projectDirectory);
    const file = (name: string) => join(this.#scratch, name);
    writeFileSync(file("infra.js"), infra);
    writeFileSync(file("secrets.json"), JSON.stringify({ controlToken, accounts: {} }), { mode: 0o600 });
    mkdirSync(file("state"));
    const free = ["koji", "bodhi", "resultsdb", "control"].flatMap((service) => [`--${service}-port`, "0"]);
    const options = ["--state-directory", file("state"), "--secrets-file", file("secrets.json"), ...free];
    this.#process = spawn(process.execPath, [file("infra.js"), ...options], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream });
    const ended = once(this.#process, "exit").then(() => assert.fail("production did not start"));
    const [line] = (await Promise.race([once(lines, "line"), ended])) as [string];
    this.#ports = JSON.parse(line) as Record<"koji" | "bodhi" | "control", number>;
    const { situation, files } = await loadScenario(join(projectDirectory, "scenarios", scenario, "scenario.yaml"));
    await this.control.load(situation, files);
  }

  get control(): Control {
    return new Control(`http://127.0.0.1:${this.#ports.control}`, controlToken);
  }

  /** Lines of a stack's configuration. */
  get config(): string {
    const { koji, bodhi } = this.#ports;
    return `  autoqa-staging:production:
    kojiHubUrl: http://127.0.0.1:${koji}/kojihub
    kojiFilesUrl: http://127.0.0.1:${koji}/kojifiles
    reposUrl: http://localhost:${koji}/repositories
    bodhiUrl: http://127.0.0.1:${bodhi}/
    pollSeconds: 2
`;
  }

  get kojiPort(): number {
    return this.#ports.koji;
  }

  get bodhiPort(): number {
    return this.#ports.bodhi;
  }

  async stop(): Promise<void> {
    if (this.#process?.exitCode === null) {
      this.#process.kill();
      await once(this.#process, "exit");
    }
    rmSync(this.#scratch, { recursive: true, force: true });
  }
}
