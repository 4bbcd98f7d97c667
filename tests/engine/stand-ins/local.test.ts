import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { commandPackage } from "../../../engine/stand-ins/command/package";
import { Archive, Asset, UNKNOWN } from "../../../engine/values/property";
import { provider } from "./calls";

const COMMAND = "command:local:Command";

describe("the stand-in for local commands", () => {
  let command: ReturnType<typeof provider>;
  beforeEach(() => {
    command = provider(commandPackage());
  });
  afterEach(() => command.standIn.close());

  it("runs commands with their input and environment, and shows what they print as they do", async () => {
    const inputs = { create: 'cat; echo "$LEVEL" >&2', stdin: "in\n\n", environment: { LEVEL: "high" } };
    const { id, outputs } = await command.create(COMMAND, inputs);
    assert.match(id, /^it[0-9a-f]{8}$/);
    assert.deepEqual(outputs, { ...inputs, stdout: "in\n", stderr: "high" });
    assert.deepEqual(command.lines().sort(), ["", "high", "in"]);
  });

  it("tells an update what the last run printed, unless it is not to", async () => {
    const inputs = { create: "echo unused", update: "echo $PULUMI_COMMAND_STDOUT $PULUMI_COMMAND_STDERR" };
    const old = { stdout: "before", stderr: "and" };
    assert.equal((await command.update(COMMAND, inputs, old)).stdout, "before and");
    const without = await command.update(COMMAND, { ...inputs, addPreviousOutputInEnv: false }, old);
    assert.equal(without.stdout, "");
    assert.equal((await command.update(COMMAND, { create: "echo created" }, old)).stdout, "created");
    assert.deepEqual(await command.update(COMMAND, {}, old), old);
  });

  it("runs a delete command where there is one", async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), "command-"));
    const file = path.join(directory, "f");
    writeFileSync(file, "");
    await command.delete(COMMAND, { delete: `rm ${file}`, stdout: "" });
    await assert.rejects(command.delete(COMMAND, { delete: `rm ${file} 2>/dev/null` }), /exit status 1/);
    await command.delete(COMMAND, {});
    rmSync(directory, { recursive: true });
  });

  it("fails with the status, the command and everything that it printed", async () => {
    await assert.rejects(command.create(COMMAND, { create: "echo out; echo err >&2; exit 4" }), (error: Error) => {
      assert.match(error.message, /^exit status 4: running "echo out; echo err >&2; exit 4":\n/);
      assert.match(error.message, /out/);
      assert.match(error.message, /err/);
      return true;
    });
    await assert.rejects(command.create(COMMAND, { create: "kill -9 $$" }), /^Error: signal: SIGKILL|signal: SIGKILL/);
    await assert.rejects(command.create(COMMAND, { create: "x", interpreter: ["/nonexistent"] }), /ENOENT/);
  });

  it("uses another interpreter and directory, and keeps quiet when told to", async () => {
    const inputs = { create: "pwd", interpreter: ["/bin/bash", "-c"], dir: "/", logging: "none" };
    assert.equal((await command.create(COMMAND, inputs)).outputs.stdout, "/");
    assert.deepEqual(command.lines(), []);
  });

  it("collects files that a command has made", async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), "command-"));
    const inputs = {
      create: "touch a.txt b.txt c.md",
      dir: directory,
      assetPaths: ["*.txt", "!b.txt"],
      archivePaths: ["*.md"],
    };
    const { outputs } = await command.create(COMMAND, inputs);
    assert.deepEqual(outputs.assets, { "a.txt": new Asset({ path: path.join(directory, "a.txt") }) });
    assert.deepEqual(
      outputs.archive,
      new Archive({ assets: { "c.md": new Asset({ path: path.join(directory, "c.md") }) } }),
    );
    rmSync(directory, { recursive: true });
  });

  it("runs nothing in a preview", async () => {
    const { outputs } = await command.create(COMMAND, { create: "exit 1" }, true);
    assert.equal(outputs.stdout, UNKNOWN);
  });

  it("has a function of the same kind", async () => {
    const { outputs } = await command.standIn.invoke("command:local:run", { command: "echo hi" }, false);
    assert.deepEqual(outputs, { command: "echo hi", stdout: "hi", stderr: "" });
  });

  it("is updated by changed inputs and replaced by changed triggers", async () => {
    const updated = await command.diff(COMMAND, { create: "a" }, { create: "b" });
    assert.deepEqual([updated.changes, updated.replaceKeys], ["some", []]);
    const replaced = await command.diff(COMMAND, { triggers: ["a"] }, { triggers: ["b"] });
    assert.deepEqual(replaced.replaceKeys, ["triggers"]);
    assert.equal(replaced.detailed?.["triggers[0]"]?.kind, "update-replace");
  });
});
