import assert from "node:assert/strict";
import { formatBytes, toBytes } from "../../../providers/libvirt/units";

describe("units", () => {
  it("are libvirt's, powers of two and of ten", () => {
    assert.equal(toBytes({ value: 512, unit: "MiB" }, "KiB"), 536870912);
    assert.equal(toBytes({ value: 1, unit: "GB" }, "KiB"), 1e9);
    assert.equal(toBytes({ value: 2 }, "KiB"), 2048);
    assert.equal(toBytes({ value: 0.5, unit: "GiB" }, "bytes"), 2 ** 29);
  });

  it("are readable in messages", () => {
    assert.deepEqual([0, 1023, 1024, 1536, 300 * 2 ** 20, 2 ** 50].map(formatBytes), [
      "0 bytes",
      "1023 bytes",
      "1 KiB",
      "1.5 KiB",
      "300 MiB",
      "1024 TiB",
    ]);
  });
});
