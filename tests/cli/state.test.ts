import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { lockState } from "../../cli/state";

const projectDirectory = join(__dirname, "../..");

describe("a stack's lock", () => {
  const backend = process.env.PULUMI_BACKEND_URL;
  let scratch: string;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "autoqa-state-"));
    process.env.PULUMI_BACKEND_URL = `file://${scratch}`;
  });

  afterEach(() => {
    rmSync(scratch, { recursive: true });
    if (backend === undefined) delete process.env.PULUMI_BACKEND_URL;
    else process.env.PULUMI_BACKEND_URL = backend;
  });

  function lock(name: string, text: string): void {
    const directory = join(scratch, ".pulumi/locks/organization/autoqa-staging/mine");
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `${name}.json`), text);
  }

  const alive = { pid: process.pid, hostname: hostname() };
  // The kernel's highest process id is 2^22.
  const gone = { pid: 2 ** 23, hostname: hostname() };

  it("is free without a file", () => {
    assert.equal(lockState(projectDirectory, "mine"), "free");
  });

  it("is held by a process that runs, by one of another machine, and by whom nothing can be read", () => {
    for (const text of [JSON.stringify(alive), JSON.stringify({ ...gone, hostname: "another" }), "{"]) {
      lock("one", text);
      assert.equal(lockState(projectDirectory, "mine"), "held", text);
    }
  });

  it("is stale once its process is gone, unless another holds it as well", () => {
    lock("one", JSON.stringify(gone));
    assert.equal(lockState(projectDirectory, "mine"), "stale");
    lock("two", JSON.stringify(alive));
    assert.equal(lockState(projectDirectory, "mine"), "held");
  });
});
