/** Two users' stacks of one name on one libvirt: a hypervisor's part of the program, deployed from two backends. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { destroy } from "../../cli/destroy";
import { runEngine } from "../../cli/engine";
import { recover } from "../../cli/recover";
import { type Stack, selectStack, stackOf } from "../../cli/stack";
import { readState } from "../../cli/state";
import { buildPlugin } from "../../setup/build";
import { startLibvirt } from "../../setup/libvirt";

const checkout = join(__dirname, "../..");

const program = `
import * as random from "@pulumi/random";
import { Hypervisor } from "./components/hypervisor";
import { readBaseImage } from "./images/base-image";
const stackId = new random.RandomId("stack", { byteLength: 4 }).hex;
const image = readBaseImage(__dirname + "/image");
new Hypervisor("local", { uri: "qemu:///system", poolDirectory: __dirname + "/pools", accelerator: "tcg", stackId, image });
`;

describe("stacks of one name in two backends", function () {
  this.timeout(120_000);
  const original = { directory: process.cwd(), environment: { ...process.env } };
  let scratch: string;
  let stack: Stack;

  before(async () => {
    await buildPlugin(checkout);
    await startLibvirt();
    // Where QEMU's user may look.
    scratch = mkdtempSync("/var/lib/libvirt/autoqa-backends-");
    for (const shared of ["components", "engine", "images", "node_modules", "providers", "sdks", "setup"]) {
      symlinkSync(join(checkout, shared), join(scratch, shared));
    }
    for (const directory of ["image", "pools", "one", "two"]) mkdirSync(join(scratch, directory));
    writeFileSync(join(scratch, "Pulumi.yaml"), readFileSync(join(checkout, "Pulumi.yaml")));
    writeFileSync(join(scratch, "package.json"), "{}");
    writeFileSync(join(scratch, "index.ts"), program);
    execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", join(scratch, "image/root.qcow2"), "1M"]);
    for (const name of ["vmlinuz", "initrd.img"]) writeFileSync(join(scratch, "image", name), name);
    const sums = readdirSync(join(scratch, "image")).map((name) => {
      const sha256 = createHash("sha256").update(readFileSync(join(scratch, "image", name)));
      return `${sha256.digest("hex")}  ${name}\n`;
    });
    writeFileSync(join(scratch, "image/SHA256SUMS"), sums.join(""));
    Object.assign(process.env, { PULUMI_CONFIG_PASSPHRASE: "of a test", PULUMI_HOME: join(scratch, "home") });
    const engine = { name: "local" as const, reason: "", projectDirectory: scratch };
    stack = stackOf(engine, `backends${randomBytes(3).toString("hex")}`);
  });

  after(async () => {
    for (const backend of ["one", "two"]) {
      use(backend);
      await destroy(stack, false);
    }
    process.chdir(original.directory);
    for (const name of Object.keys(process.env)) if (!(name in original.environment)) delete process.env[name];
    Object.assign(process.env, original.environment);
    process.exitCode = 0;
    assert.deepEqual(readdirSync(join(scratch, "pools")), []);
    rmSync(scratch, { recursive: true });
  });

  function use(backend: string): void {
    process.env.PULUMI_BACKEND_URL = `file://${scratch}/${backend}`;
  }

  /** @returns the directory of the stack's pool */
  async function deploy(backend: string): Promise<string> {
    use(backend);
    if ((await readState(stack)) === undefined) selectStack(stack);
    const exitCode = await runEngine(stack.engine, ["up", "--stack", stack.name, "--yes", "--skip-preview"]);
    assert.equal(exitCode, 0);
    const [pool = assert.fail("no pool")] = (await readState(stack))?.names ?? [];
    return join(scratch, "pools", pool);
  }

  it("have a pool each, and only their own is destroyed with one of them", async () => {
    const [one, two] = [await deploy("one"), await deploy("two")];
    assert.notEqual(one, two);
    use("two");
    assert.equal(await destroy(stack, false), 0);
    assert.equal(existsSync(two), false);
    assert.deepEqual(
      readdirSync(one)
        .filter((name) => !name.startsWith("."))
        .sort(),
      ["initrd", "kernel", "root"],
    );
  });

  it("lose nothing that their state knows when a command recovers, and all that it does not know", async () => {
    const [one, two] = [await deploy("one"), await deploy("two")];
    await recover(stack);
    assert.deepEqual(readdirSync(two).length, 6);
    // As if the deploy had been killed before it wrote down what it made.
    const file = join(scratch, `two/.pulumi/stacks/autoqa-staging/${stack.name}.json`);
    const state = JSON.parse(readFileSync(file, "utf8")) as State;
    const { latest } = state.checkpoint;
    latest.resources = latest.resources.filter(({ type }) => !type.startsWith("libvirt:"));
    writeFileSync(file, JSON.stringify(state));
    await recover(stack);
    assert.equal(existsSync(two), false);
    assert.equal(readdirSync(one).length, 6);
  });
});

interface State {
  checkpoint: { latest: { resources: { type: string }[] } };
}
