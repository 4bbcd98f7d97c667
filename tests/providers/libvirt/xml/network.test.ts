import assert from "node:assert/strict";
import fc from "fast-check";
import { type NetworkInputs, network } from "../../../../providers/libvirt/schema/network";
import { networkXml, readNetwork } from "../../../../providers/libvirt/xml/network";
import { parseXml } from "../../../../providers/libvirt/xml/xml";
import { arbitraryOf } from "../support/arbitrary";

describe("a network's document", () => {
  it("is read back as the same inputs, but for autostart, which libvirt keeps elsewhere", () => {
    const inputs = arbitraryOf(network.inputs) as fc.Arbitrary<unknown> as fc.Arbitrary<NetworkInputs>;
    fc.assert(
      fc.property(inputs, ({ autostart: _, ...values }) => {
        assert.deepEqual(readNetwork(parseXml(networkXml(values, "urn").xml, "network")), values);
      }),
    );
  });

  it("of a bare bridge has a name and nothing else", () => {
    assert.deepEqual(readNetwork(parseXml(networkXml({ name: "segment" }, "urn").xml, "network")), { name: "segment" });
  });

  it("is read with a netmask in place of a prefix, as libvirt keeps what others wrote", () => {
    const xml = "<network><name>default</name><forward/><ip address='192.0.2.1' netmask='255.255.255.0'/></network>";
    assert.deepEqual(readNetwork(parseXml(xml, "network")), {
      name: "default",
      forward: { mode: "nat" },
      ips: [{ address: "192.0.2.1", prefix: 24 }],
    });
  });
});
