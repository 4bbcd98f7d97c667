import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { packageSchema } from "../../../../providers/libvirt/schema/package";
import { sdkFiles } from "../../../../providers/libvirt/sdk/generate";
import { className } from "../../../../providers/libvirt/sdk/implementation";

describe("the SDK", () => {
  for (const [name, content] of Object.entries(sdkFiles())) {
    it(`has ${name} as it follows from the schema (else run: node -r ./setup/typescript.cjs providers/libvirt/sdk/generate.ts)`, () => {
      assert.equal(readFileSync(join("sdks/libvirt", name), "utf8"), content);
    });
  }

  it("names the plugin that Pulumi's CLI needs for it", () => {
    const { name, version, pulumi: plugin } = JSON.parse(readFileSync("sdks/libvirt/package.json", "utf8"));
    assert.deepEqual(
      [name, version, plugin],
      ["@pulumi/libvirt", "0.1.0", { resource: true, name: "libvirt", version: "0.1.0" }],
    );
  });

  describe("in a program", () => {
    const registered: pulumi.runtime.MockResourceArgs[] = [];

    before(async () => {
      await pulumi.runtime.setMocks({
        call: () => ({}),
        newResource: (resource) => {
          registered.push(resource);
          return { id: `${resource.name}-id`, state: { ...resource.inputs, uuid: "1234" } };
        },
      });
    });

    it("registers each resource under its token, with inputs and a misspelt one as they are", async () => {
      const provider = new libvirt.Provider("host", { uri: "qemu+ssh://root@host/system" });
      const misspelt = { name: "segment", autstart: true };
      const network = new libvirt.Network("segment", misspelt, { provider });
      const uuid = await new Promise((resolve) => network.uuid.apply(resolve));
      assert.equal(uuid, "1234");
      assert.deepEqual(
        registered.map(({ type, inputs }) => [type, inputs]),
        [
          ["pulumi:providers:libvirt", { uri: "qemu+ssh://root@host/system" }],
          ["libvirt:index/network:Network", misspelt],
        ],
      );
      assert.equal(libvirt.Network.isInstance(network), true);
      assert.equal(libvirt.Domain.isInstance(network), false);
    });

    it("refuses to leave out what is required", () => {
      const none = {} as libvirt.PoolArgs;
      assert.throws(() => new libvirt.Pool("images", none), /Missing required property 'name'/);
    });

    it("has a class for every resource", () => {
      const classes = libvirt as unknown as Record<string, { __pulumiType?: string }>;
      for (const token of Object.keys(packageSchema().resources))
        assert.equal(classes[className(token)]?.__pulumiType, token);
    });
  });
});
