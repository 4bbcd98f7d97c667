/** What sweeping after a killed deploy (cli/sweep.ts) takes for granted of a hypervisor's resources. */
import assert from "node:assert/strict";
import { Hypervisor } from "../../components/hypervisor";
import { poolName, poolUrn } from "../../components/naming";
import { readBaseImage } from "../../images/base-image";
import { MockedStack } from "../stacks/mocked-stack";

describe("a hypervisor", () => {
  let stack: MockedStack;

  before(async () => {
    stack = new MockedStack();
    const image = readBaseImage(stack.imageDirectory);
    await stack.deploy(async () => {
      const args = { uri: "qemu:///system", poolDirectory: "/pools", accelerator: "tcg" as const };
      const { pool, provider } = new Hypervisor("local", { ...args, stackId: "5eed1e55", image });
      return { pool: pool.urn, provider: provider.urn };
    });
  });

  after(() => stack.remove());

  it("has a pool with the stack's id in its name, at a known URN", () => {
    const [pool] = stack.ofType("libvirt:index/pool:Pool");
    assert.equal(pool?.inputs.name, poolName("lab", "5eed1e55"));
    assert.deepEqual(pool?.inputs.target, { path: "/pools/autoqa-lab-5eed1e55", permissions: { mode: "0711" } });
    assert.equal(stack.outputs.pool, poolUrn("lab", "autoqa-staging", "local"));
  });

  it("makes all volumes by its own provider", () => {
    const volumes = stack.ofType("libvirt:index/volume:Volume");
    assert.equal(volumes.length, 3);
    for (const { provider } of volumes) assert.ok(provider.startsWith(`${stack.outputs.provider}::`), provider);
  });
});
