/** What a stack makes of an AutoQA from a git repository, by Pulumi's mocks. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseConfig } from "../../stacks/config";
import { stage3 } from "../../stacks/stage3";
import { Repository } from "../autoqa/contract/repository";
import { MockedStack, projectDirectory } from "./mocked-stack";

describe("a stack with an AutoQA from a git repository", function () {
  this.timeout(30_000);
  let stack: MockedStack;
  let repository: Repository;

  beforeEach(() => {
    stack = new MockedStack();
    repository = new Repository(join(stack.imageDirectory, "repository"));
  });

  afterEach(() => stack.remove());

  /** @returns the commit */
  async function deploy(manifest: object): Promise<string> {
    const commit = repository.commit({ "autoqa-staging.yaml": JSON.stringify(manifest), "it's.py": "" });
    const config = parseConfig({
      stage: "3",
      hypervisors: JSON.stringify([{ name: "local", uri: "qemu:///system", accelerator: "tcg" }]),
      machines: JSON.stringify([
        { name: "infra", role: "infra", memoryMiB: 512 },
        { name: "autoqa", role: "autoqa", memoryMiB: 512 },
        { name: "client1", role: "client", memoryMiB: 512 },
      ]),
      imageDirectory: stack.imageDirectory,
    });
    assert.ok(config.stage === 3);
    const autoqa = { repository: repository.path, ref: "main" };
    await stack.deploy(() => stage3({ ...config, autoqa }, projectDirectory));
    return commit;
  }

  const machines = () =>
    stack
      .ofType("libvirt:index/domain:Domain")
      .map(({ name }) => name)
      .sort();

  /** A file of a machine's payload. */
  function payload(machine: string, file: string): string {
    const volume = stack.ofType("libvirt:index/volume:Volume").find(({ name }) => name === `${machine}-payload`);
    const tar = ["--extract", "--to-stdout", "--file", String(volume?.inputs.source), file];
    return execFileSync("tar", tar, { encoding: "utf8" });
  }

  it("starts its programs in its checkout, under supervisors that know whether they are healthy", async () => {
    const manifest = {
      version: 1,
      server: { start: ["python3", "it's.py"] },
      client: { start: ["./client", "-v"] },
    };
    const commit = await deploy(manifest);
    assert.deepEqual(machines(), ["autoqa", "client1", "infra"]);
    assert.deepEqual((stack.outputs.autoqa as { source: object }).source, {
      repository: repository.path,
      ref: "main",
      commit,
    });
    assert.deepEqual(JSON.parse(payload("autoqa", "autoqa/autoqa-staging.yaml")), manifest);
    assert.deepEqual(JSON.parse(payload("client1", "autoqa/autoqa-staging.yaml")), manifest);
    const health = "--health-url http://127.0.0.1:8080/health";
    assert.match(
      payload("autoqa", "start"),
      new RegExp(`^cd /opt/staging/autoqa\nexec .* ${health} -- python3 'it'\\\\''s.py'\n$`, "m"),
    );
    assert.match(payload("client1", "start"), /^cd \/opt\/staging\/autoqa\nexec .*-clock -- \.\/client -v\n$/m);
    for (const { name, inputs } of stack.ofType("command:remote:Command")) {
      assert.match(String(inputs.create), name === "infra-healthy" ? / 7004$/ : / 8081$/);
    }
  });

  it("makes no machines for clients where it has none, and lets the control API expect none", async () => {
    await deploy({ version: 1, server: { start: ["python3", "it's.py"] } });
    assert.deepEqual(machines(), ["autoqa", "infra"]);
    assert.deepEqual(payload("infra", "start").match(/--supervisor-url \S+/g), ["--supervisor-url http://autoqa:8081"]);
  });
});
