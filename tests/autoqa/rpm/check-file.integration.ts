/** Which files are whole RPMs. Needs rpm and rpmbuild. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkRpmFiles, DamagedRpmError } from "../../../autoqa/rpm/check-file";
import { buildHostile } from "./hostile";

const leadBytes = 96;

describe("the check of RPM files", function () {
  this.timeout(30_000);
  let directory: string;
  let good: Buffer;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "autoqa-check-"));
    good = buildHostile(
      "good",
      "%description\nx\n%install\nmkdir -p %{buildroot}/x\necho y > %{buildroot}/x/y\n%files\n/x\n",
    );
  });

  after(() => rmSync(directory, { recursive: true }));

  async function check(files: Record<string, Uint8Array>): Promise<void> {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
    await checkRpmFiles(directory, Object.keys(files));
  }

  /** The good one with a big-endian number somewhere in it. */
  function withNumber(at: number, value: number): Buffer {
    const copy = Buffer.from(good);
    copy.writeUInt32BE(value, at);
    return copy;
  }

  it("is content with RPMs that nobody signed", () => check({ "a.rpm": good, "b.rpm": good }));

  for (const [what, make] of [
    ["empty", () => Buffer.alloc(0)],
    ["no RPM", () => Buffer.from("#!/bin/sh\nreboot\n")],
    ["cut in its header", () => good.subarray(0, 500)],
    ["cut in its payload", () => good.subarray(0, -1)],
    ["an RPM with something behind it", () => Buffer.concat([good, Buffer.from("more")])],
    ["one of which a byte was changed", () => withNumber(good.length - 200, 0x41414141)],
    ["one that says it has four billion signatures", () => withNumber(leadBytes + 8, 0xffff_ffff)],
    ["one that says its signatures have two gigabytes", () => withNumber(leadBytes + 12, 0x7fff_ffff)],
    [
      "one whose header says that it has millions of entries",
      () => withNumber(good.lastIndexOf("\u008e\u00ad\u00e8\u0001", undefined, "latin1") + 8, 0x00ff_ffff),
    ],
  ] as const) {
    it(`names a file that is ${what}`, async () => {
      const error = new DamagedRpmError("not a whole RPM: bad.rpm");
      await assert.rejects(check({ "good.rpm": good, "bad.rpm": make() }), error);
    });
  }
});
