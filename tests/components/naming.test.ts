import assert from "node:assert/strict";
import { generationName, macAddress, poolName } from "../../components/naming";

describe("naming", () => {
  it("carries the stack, and an id of its own or of the generation", () => {
    assert.equal(poolName("staging", "5eed1e55"), "autoqa-staging-5eed1e55");
    assert.equal(generationName("staging", "0badcafe", "infra"), "autoqa-staging-0badcafe-infra");
  });

  it("gives every interface its own MAC address, the same every time, in QEMU's range", () => {
    const macs = ["infra", "autoqa"].flatMap((machine) =>
      ["management", "segment"].map((role) => macAddress("staging", machine, role)),
    );
    assert.equal(new Set(macs).size, 4);
    for (const mac of macs) assert.match(mac, /^52:54:00(:[0-9a-f]{2}){3}$/);
    assert.equal(macAddress("staging", "infra", "segment"), macs[1]);
  });
});
