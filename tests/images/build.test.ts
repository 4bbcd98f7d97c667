/** Where images/build.sh has packages from, with tools of a test's own: nothing is built. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(__dirname, "../../images/build.sh");

describe("the packages of the base image", () => {
  let scratch: string;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "build-"));
    mkdirSync(join(scratch, "tools"));
    // Its last argument is a file with mirrors, if there is one.
    tool("mmdebstrap", `for last; do :; done\ncase $last in */mirrors) cat "$last";; esac >${scratch}/mirrors\nexit 1`);
  });
  afterEach(() => rmSync(scratch, { recursive: true }));

  function tool(name: string, text: string): void {
    writeFileSync(join(scratch, "tools", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }

  /** @returns what mmdebstrap is given, a line for each */
  function mirrors(): string {
    const env = { PATH: `${join(scratch, "tools")}:/usr/bin:/bin`, NODE: process.execPath };
    spawnSync("sh", [script, join(scratch, "image")], { env });
    assert.deepEqual(readdirSync(scratch).sort(), ["mirrors", "tools"], "the build that failed left something");
    return readFileSync(join(scratch, "mirrors"), "utf8");
  }

  const [main, security] = ["deb http://mirror/debian/ bookworm main", "deb http://mirror/sec/ bookworm-security main"];

  it("are those of this machine's Debian mirrors", () => {
    tool("apt-get", `printf '%s\\n' '${main}' '${security}' '${main}' 'deb http://mirror/debian/ trixie main'`);
    assert.equal(mirrors(), `${main}\n${security}\n`);
  });

  it("are asked for once where apt has no lists yet", () => {
    tool(
      "apt-get",
      `case "$*" in *update) touch ${scratch}/tools/updated;; *) [ ! -e ${scratch}/tools/updated ] || echo '${main}';; esac`,
    );
    assert.equal(mirrors(), `${main}\n`);
  });

  it("are Debian's own where this machine is not bookworm", () => {
    tool("apt-get", "echo 'deb http://mirror/debian/ trixie main'");
    assert.equal(mirrors(), "");
  });
});
