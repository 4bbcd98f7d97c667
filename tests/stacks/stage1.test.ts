/** Which resources stage 1 makes, by Pulumi's mocks. */
import assert from "node:assert/strict";
import { parseConfig } from "../../stacks/config";
import { stage1 } from "../../stacks/stage1";
import { MockedStack, projectDirectory } from "./mocked-stack";

describe("stage1", () => {
  let stack: MockedStack;

  before(async function () {
    this.timeout(30_000);
    stack = new MockedStack();
    const config = parseConfig({
      stage: "1",
      pristine: "onChange",
      production: JSON.stringify({
        kojiHubUrl: "http://127.0.0.1:7001/kojihub",
        kojiFilesUrl: "http://127.0.0.1:7001/kojifiles",
        bodhiUrl: "https://bodhi.example.org/",
      }),
      hypervisors: JSON.stringify([{ name: "local", uri: "qemu:///system", accelerator: "tcg" }]),
      machines: JSON.stringify([{ name: "autoqa", role: "autoqa", memoryMiB: 768 }]),
      imageDirectory: stack.imageDirectory,
    });
    assert.ok(config.stage === 1);
    await stack.deploy(() => stage1(config, projectDirectory));
  });

  after(() => stack.remove());

  it("is one machine with a way outside", () => {
    assert.equal(stack.ofType("libvirt:index/domain:Domain").length, 1);
    const { interfaces } = stack.domain("autoqa").devices as { interfaces: { type: string; restrict?: boolean }[] };
    assert.deepEqual(interfaces[0]?.restrict, false);
  });

  it("is there once both of AutoQA's programs are healthy", () => {
    const [healthy] = stack.ofType("command:remote:Command");
    assert.match(String(healthy?.inputs.create), / 8081 8082$/);
  });

  it("keeps what its machine writes through a crash of the host, for it outlives deploys", () => {
    const { disks } = stack.domain("autoqa").devices as { disks: { driver: { cache: string } }[] };
    assert.deepEqual([...new Set(disks.map(({ driver }) => driver.cache))], ["writeback"]);
  });

  it("has production's addresses in the outputs, and nothing to post to", () => {
    assert.deepEqual(Object.keys(stack.outputs).sort(), [
      ...["autoqa", "bodhi", "generation", "koji", "machines", "sshPrivateKey", "stage"],
    ]);
    assert.deepEqual(stack.outputs.koji, {
      hubUrl: "http://127.0.0.1:7001/kojihub",
      filesUrl: "http://127.0.0.1:7001/kojifiles",
    });
  });
});
