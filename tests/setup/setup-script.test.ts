/** setup/setup.sh with tools of a test's own: nothing is installed. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const projectDirectory = join(__dirname, "../..");

describe("setup.sh", () => {
  let scratch: string;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "setup-script-"));
    for (const directory of ["tools", "node_modules/.bin"]) mkdirSync(join(scratch, directory), { recursive: true });
    cpSync(join(projectDirectory, "setup"), join(scratch, "setup"), { recursive: true });
    writeFileSync(join(scratch, "package-lock.json"), "{}");
    tool("dpkg-query", "echo unknown");
    tool("id", "echo 0");
    tool("npm", "echo npm: installed");
    tool("../node_modules/.bin/node", 'echo "node $*"');
  });
  afterEach(() => rmSync(scratch, { recursive: true }));

  function tool(name: string, script: string): void {
    writeFileSync(join(scratch, "tools", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  function run() {
    const PATH = `${join(scratch, "tools")}:/usr/bin:/bin`;
    const env = { PATH, AUTOQA_STAGING_SETUP: "locked", TMPDIR: scratch };
    return spawnSync("sh", [join(scratch, "setup/setup.sh")], { env, encoding: "utf8" });
  }

  it("goes on where the last one was killed in the middle of an installation", () => {
    const repaired = join(scratch, "repaired");
    tool("apt-get", `[ -e ${repaired} ] || { echo "E: run 'dpkg --configure -a' to correct the problem."; exit 100; }`);
    tool("dpkg", `[ "$*" = "--configure -a" ] && touch ${repaired}`);
    const { status, stderr } = run();
    assert.equal(status, 0, stderr);
    assert.ok(existsSync(repaired));
  });

  it("says why packages could not be installed", () => {
    tool("apt-get", "echo 'E: no network'; exit 100");
    tool("dpkg", `touch ${join(scratch, "repaired")}`);
    const { status, stderr } = run();
    assert.equal(status, 1);
    assert.match(stderr, /E: no network\nsetup: apt-get could not install them .*\. Mend that and run this again\./);
    assert.equal(existsSync(join(scratch, "repaired")), false);
  });

  it("leaves standard output to the command that needs it, and does each thing once", () => {
    tool("apt-get", "echo apt-get: installed");
    const { stdout, stderr } = run();
    assert.equal(stdout, "node -r ./setup/typescript.cjs setup/main.ts\n");
    assert.match(stderr, /setup: installing system packages: .*\nsetup: installing npm packages.*\nnpm: installed\n/);
    assert.equal(readFileSync(join(scratch, "node_modules/.package-lock.installed"), "utf8"), "{}");
    tool("npm", "exit 1");
    assert.equal(run().status, 0);
  });
});
