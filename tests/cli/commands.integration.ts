/** The commands on backends and stacks of a test's own, none of which has a configuration: nothing is deployed. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { urnPrefix } from "../../components/naming";

const project = join(__dirname, "../..");
const stack = `nowhere${process.pid}`;

describe("the commands", function () {
  this.timeout(60_000);
  let scratch: string;
  let backend: string;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "autoqa-commands-"));
    useBackend(scratch, `file://${scratch}`);
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  let url: string;
  function useBackend(directory: string, itsUrl: string): void {
    mkdirSync(directory, { recursive: true });
    backend = directory;
    url = itsUrl;
  }

  function run(...args: string[]) {
    const environment = {
      PULUMI_BACKEND_URL: url,
      PULUMI_CONFIG_PASSPHRASE: "of a test",
      PULUMI_HOME: join(scratch, "home"),
    };
    const program = ["-r", "./setup/typescript.cjs", "cli/main.ts", ...args];
    return spawnSync(process.execPath, program, {
      cwd: project,
      env: { ...process.env, ...environment },
      encoding: "utf8",
    });
  }

  const command = (name: string, reference = stack) => run(name, "--engine", "local", "--stack", reference);

  const stateFile = () => join(backend, ".pulumi/stacks/autoqa-staging", `${stack}.json`);
  const isThere = () =>
    existsSync(join(backend, ".pulumi/stacks/autoqa-staging")) &&
    readdirSync(join(backend, ".pulumi/stacks/autoqa-staging")).some(
      (name) => name.startsWith(`${stack}.json`) && !name.endsWith(".bak"),
    );

  /** A stack of which something is deployed. */
  function makeStack(): void {
    mkdirSync(join(stateFile(), ".."), { recursive: true });
    const urn = `${urnPrefix(stack, "autoqa-staging")}autoqa-staging:index:Thing::thing`;
    const latest = {
      manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" },
      resources: [{ urn, custom: false, type: "autoqa-staging:index:Thing" }],
    };
    const checkpoint = { stack: `organization/autoqa-staging/${stack}`, latest };
    writeFileSync(stateFile(), JSON.stringify({ version: 3, checkpoint }));
  }

  function lock(): void {
    const directory = join(backend, ".pulumi/locks/organization/autoqa-staging", stack);
    mkdirSync(directory, { recursive: true });
    const contents = { pid: 1, username: "somebody", hostname: "elsewhere", timestamp: new Date().toISOString() };
    writeFileSync(join(directory, "held.json"), JSON.stringify(contents));
  }

  describe("preview", () => {
    for (const [what, directory, query] of [
      ["a plain URL", "state", ""],
      ["a URL with a percent sign", "my state", ""],
      ["a URL with parameters", "state", "?no_tmp_dir=true"],
    ] as const) {
      it(`leaves a stack that is there, in ${what}`, () => {
        useBackend(join(scratch, directory), `file://${scratch}/${directory.replace(" ", "%20")}${query}`);
        makeStack();
        const { status, stderr } = command("preview");
        assert.notEqual(status, 0, "a stack without configuration cannot be previewed");
        assert.ok(isThere(), stderr);
      });
    }

    it("leaves a stack that is called by its long name", () => {
      makeStack();
      command("preview", `organization/autoqa-staging/${stack}`);
      assert.ok(isThere());
    });

    it("leaves a stack whose state it cannot read", () => {
      makeStack();
      renameSync(stateFile(), `${stateFile()}.gz`);
      const { status, stderr } = command("preview");
      assert.equal(status, 1);
      assert.match(stderr, /is compressed/);
      assert.ok(isThere());
    });

    it("leaves no stack that was not there", () => {
      command("preview");
      assert.equal(isThere(), false);
    });
  });

  describe("destroy", () => {
    it("removes the stack, and gives no advice on what it does itself", () => {
      useBackend(join(scratch, "my state"), `file://${scratch}/my%20state`);
      makeStack();
      const { status, stdout, stderr } = command("destroy");
      assert.equal(status, 0, stderr);
      assert.match(stdout, new RegExp(`Stack ${stack} is removed`));
      assert.doesNotMatch(stdout, /stack rm/);
      assert.equal(isThere(), false);
    });

    it("says that there is nothing where there is nothing", () => {
      const { status, stdout } = command("destroy");
      assert.equal(status, 0);
      assert.match(stdout, /There is no stack nowhere\d+: nothing to destroy/);
    });

    it("fails, and keeps the stack, where a hypervisor does not answer", () => {
      makeStack();
      const urn = `${urnPrefix(stack, "autoqa-staging")}pulumi:providers:libvirt::local`;
      const uri = `qemu+unix:///system?socket=${join(scratch, "nobody-listens")}`;
      const state = JSON.parse(readFileSync(stateFile(), "utf8")) as {
        checkpoint: { latest: { resources: object[] } };
      };
      state.checkpoint.latest.resources.push({
        urn,
        custom: true,
        id: "1",
        type: "pulumi:providers:libvirt",
        inputs: { uri },
      });
      writeFileSync(stateFile(), JSON.stringify(state));
      const { status, stdout, stderr } = command("destroy");
      assert.notEqual(status, 0, stdout);
      assert.match(stderr, /hypervisor local: libvirt does not answer at/);
      assert.ok(isThere());
    });
  });

  describe("any of them", () => {
    it("says that somebody else is at work, and nothing of what to do with theirs", () => {
      makeStack();
      lock();
      for (const name of ["up", "destroy"]) {
        const { status, stdout, stderr } = command(name);
        assert.notEqual(status, 0);
        assert.match(stdout + stderr, /locked by 1 lock.*`npm run engine -- cancel nowhere\d+`.*somebody@elsewhere/s);
        assert.doesNotMatch(stdout + stderr, /What was made stays/);
      }
      const canceled = run("engine", "cancel", stack);
      assert.equal(canceled.status, 0, canceled.stderr);
      assert.equal(command("destroy").status, 0);
    });

    it("refuses a backend that is no directory, and another project's stack, in a sentence", () => {
      for (const name of ["up", "preview", "destroy"]) {
        const { status, stderr } = command(name, "organization/other/staging");
        assert.equal(status, 1);
        assert.match(stderr, /is a stack of project other, and this one is autoqa-staging/);
      }
      url = "s3://bucket";
      for (const name of ["up", "preview", "destroy"]) {
        const { status, stderr } = command(name);
        assert.equal(status, 1);
        assert.match(stderr, /the backend s3:\/\/bucket is not supported by the local engine/);
        assert.doesNotMatch(stderr, /^\s+at /m);
      }
    });
  });

  describe("up --json", () => {
    it("prints nothing but JSON on standard output", () => {
      const { status, stdout, stderr } = run("up", "--json", "--engine", "local", "--stack", stack);
      assert.notEqual(status, 0, "a stack without configuration cannot be deployed");
      assert.match(stderr, /Updating/);
      assert.equal(stdout, "");
    });
  });
});
