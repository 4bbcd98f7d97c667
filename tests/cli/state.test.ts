import assert from "node:assert/strict";
import { knownObjects } from "../../cli/state";
import { poolUrn, urnPrefix } from "../../components/naming";

const prefix = urnPrefix("lab", "autoqa-staging");

describe("what a stack's state knows", () => {
  const provider = (name: string) => `${prefix}autoqa-staging:index:Hypervisor$pulumi:providers:libvirt::${name}`;
  const hypervisor = (name: string) => ({
    urn: provider(name),
    type: "pulumi:providers:libvirt",
    inputs: { uri: `qemu+ssh://${name}/system` },
  });
  const resource = (kind: string, name: string, at: string) => ({
    urn: `${prefix}libvirt:index/${kind}:X::${name}`,
    type: `libvirt:index/${kind}:X`,
    provider: `${provider(at)}::an-id`,
    inputs: { name },
  });

  it("is hypervisors with their volumes, names of what is active, and ids", () => {
    const known = knownObjects({
      version: 3,
      deployment: {
        resources: [
          hypervisor("one"),
          hypervisor("two"),
          // Twice while it is being replaced.
          hypervisor("two"),
          { ...resource("pool", "p", "one"), urn: poolUrn("lab", "autoqa-staging", "one") },
          resource("volume", "root", "one"),
          resource("network", "n", "one"),
          resource("domain", "d", "two"),
          { urn: `${prefix}x`, type: "random:index/randomId:RandomId", outputs: { hex: "0badcafe" } },
        ],
      },
    });
    assert.deepEqual(known, {
      hypervisors: [
        { name: "one", uri: "qemu+ssh://one/system", volumes: new Set(["root"]) },
        { name: "two", uri: "qemu+ssh://two/system", volumes: new Set() },
      ],
      names: new Set(["p", "n", "d"]),
      ids: ["0badcafe"],
    });
  });

  it("is nothing before the first deploy", () => {
    const nothing = { hypervisors: [], names: new Set(), ids: [] };
    assert.deepEqual(knownObjects({ version: 3, deployment: {} }), nothing);
    assert.deepEqual(knownObjects({ version: 3, deployment: { resources: null } }), nothing);
  });
});
