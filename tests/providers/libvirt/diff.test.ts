import assert from "node:assert/strict";
import fc from "fast-check";
import { diffInputs } from "../../../providers/libvirt/diff";
import { domain } from "../../../providers/libvirt/schema/domain";
import { network } from "../../../providers/libvirt/schema/network";
import { descriptions } from "../../../providers/libvirt/schema/package";
import { volume } from "../../../providers/libvirt/schema/storage";
import { Asset, type PlainMap, UNKNOWN } from "../../../providers/libvirt/wire/values";
import { arbitraryOf } from "./support/arbitrary";

describe("the difference between inputs", () => {
  for (const description of descriptions) {
    const inputs = arbitraryOf(description.inputs) as fc.Arbitrary<PlainMap>;

    it(`is nothing between the same inputs of ${description.token}`, () => {
      fc.assert(
        fc.property(inputs, (values) => {
          assert.deepEqual(diffInputs(description, values, structuredClone(values)).changes, []);
        }),
      );
    });

    it(`is there between inputs of ${description.token} that are not the same, and the reverse has the same paths`, () => {
      fc.assert(
        fc.property(inputs, inputs, (a, b) => {
          const there = diffInputs(description, a, b);
          const back = diffInputs(description, b, a);
          assert.deepEqual(
            new Set(there.changes.map(({ path }) => path)),
            new Set(back.changes.map(({ path }) => path)),
          );
          assert.equal(
            there.changes.length === 0,
            JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)) || onlySourceDiffers(a, b),
          );
          assert.deepEqual(
            there.replaces.filter((name) => !there.changed.includes(name)),
            [],
          );
        }),
      );
    });
  }

  it("has paths down to the value, and kinds", () => {
    const was = { name: "a", devices: { disks: [{ source: { volume: "x" } }], interfaces: [] }, vcpu: 1 };
    const is = {
      name: "a",
      devices: { disks: [{ source: { volume: "y" } }, { source: { volume: "z" } }], interfaces: [] },
      cpu: {},
    };
    assert.deepEqual(diffInputs(domain, was, is), {
      changes: [
        { path: "devices.disks[0].source.volume", kind: "update", replaces: true },
        { path: "devices.disks[1]", kind: "add", replaces: true },
        { path: "vcpu", kind: "delete", replaces: true },
        { path: "cpu", kind: "add", replaces: true },
      ],
      changed: ["devices", "vcpu", "cpu"],
      replaces: ["devices", "vcpu", "cpu"],
      stables: [],
    });
  });

  it("changes autostart in place", () => {
    const { changed, replaces, stables } = diffInputs(network, { name: "a" }, { name: "a", autostart: true });
    assert.deepEqual([changed, replaces], [["autostart"], []]);
    assert.deepEqual(stables, ["name", "bridge", "forward", "domain", "ips", "mtu", "uuid", "bridgeName"]);
  });

  it("takes what is not known yet as different", () => {
    assert.deepEqual(diffInputs(network, { name: "a" }, { name: UNKNOWN }).replaces, ["name"]);
  });

  it("does not care where a file with the same sha256 is, nor how the sum is spelt", () => {
    const was = { source: "/here", sourceSha256: "ab" };
    assert.deepEqual(diffInputs(volume, was, { source: "/there", sourceSha256: "AB" }).changed, ["sourceSha256"]);
    assert.deepEqual(diffInputs(volume, was, { source: "/there", sourceSha256: "ab" }).changed, []);
    assert.deepEqual(diffInputs(volume, was, { source: "/there", sourceSha256: "cd" }).changed, [
      "source",
      "sourceSha256",
    ]);
    assert.deepEqual(diffInputs(volume, was, { content: "x", sourceSha256: "ab" }).changed, ["source", "content"]);
  });

  it("compares assets by hash, else by where they are", () => {
    const at = (path: string, hash?: string) => ({ source: new Asset(path, undefined, undefined, hash) });
    assert.deepEqual(diffInputs(volume, at("/a", "1"), at("/b", "1")).changed, []);
    assert.deepEqual(diffInputs(volume, at("/a", "1"), at("/a", "2")).changed, ["source"]);
    assert.deepEqual(diffInputs(volume, at("/a"), at("/a", "2")).changed, []);
    assert.deepEqual(diffInputs(volume, at("/a"), at("/b")).changed, ["source"]);
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([name, item]) => [name, sorted(item)]),
  );
}

function onlySourceDiffers(a: PlainMap, b: PlainMap): boolean {
  const [{ source: _a, ...restA }, { source: _b, ...restB }] = [a, b];
  return a.sourceSha256 !== undefined && JSON.stringify(sorted(restA)) === JSON.stringify(sorted(restB));
}
