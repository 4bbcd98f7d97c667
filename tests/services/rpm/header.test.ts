import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { numbersTag, RpmFormatError, readRpmHeader, textsTag, textTag } from "../../../services/rpm/header";
import { TAGS } from "../../../services/rpm/tags";
import { changelogEntries, dependencies, fileNames, files, headerFields } from "../../../services/rpm/views";

const INT16 = 3;
const INT32 = 4;
const INT64 = 5;
const STRING = 6;
const BIN = 7;
const STRINGS = 8;
const I18N = 9;

type Entry = [tag: string | number, type: number, value: string | Buffer | readonly (string | number | bigint)[]];

/** Big-endian integers, as rpm has them. */
function integers(values: readonly (string | number | bigint)[], size: number): Buffer {
  const buffer = Buffer.alloc(values.length * size);
  for (const [index, value] of values.entries()) {
    if (size === 8) buffer.writeBigUInt64BE(BigInt(value), index * 8);
    else buffer.writeUIntBE(Number(value), index * size, size);
  }
  return buffer;
}

function data(type: number, value: Entry[2]): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === "string") return Buffer.from(`${value}\0`);
  if (type === INT16) return integers(value, 2);
  if (type === INT32) return integers(value, 4);
  if (type === INT64) return integers(value, 8);
  return Buffer.from(value.map((each) => `${each}\0`).join(""));
}

function section(entries: readonly Entry[]): Buffer {
  const index: Buffer[] = [];
  const store: Buffer[] = [];
  let offset = 0;
  for (const [name, type, value] of entries) {
    const content = data(type, value);
    const entry = Buffer.alloc(16);
    entry.writeUInt32BE(typeof name === "number" ? name : (TAGS[name] as number), 0);
    entry.writeUInt32BE(type, 4);
    entry.writeUInt32BE(offset, 8);
    entry.writeUInt32BE(typeof value === "string" ? 1 : value.length, 12);
    index.push(entry);
    store.push(content);
    offset += content.length;
  }
  const intro = Buffer.alloc(16);
  intro.writeUInt32BE(0x8eade801, 0);
  intro.writeUInt32BE(entries.length, 8);
  intro.writeUInt32BE(offset, 12);
  return Buffer.concat([intro, ...index, ...store]);
}

/** Lead, signature (padded to 8), header, and the start of a payload. */
function rpmFile(entries: readonly Entry[]): Buffer {
  const lead = Buffer.alloc(96);
  lead.writeUInt32BE(0xedabeedb, 0);
  const signature = section([[1000, BIN, Buffer.from("123")]]);
  const padding = Buffer.alloc((8 - (signature.length % 8)) % 8);
  return Buffer.concat([lead, signature, padding, section(entries), Buffer.from("payload")]);
}

const MINT: Entry[] = [
  ["NAME", STRING, "mint"],
  ["SUMMARY", I18N, ["Grow mint"]],
  ["SIZE", INT32, [1234]],
  ["SIGMD5", BIN, Buffer.from("00ff", "hex")],
  ["REQUIRENAME", STRINGS, ["herb", "rpmlib(X)"]],
  ["REQUIREVERSION", STRINGS, ["1.0", ""]],
  ["REQUIREFLAGS", INT32, [12, 0]],
  ["PROVIDENAME", STRINGS, ["mint"]],
  ["DIRNAMES", STRINGS, ["/usr/bin/", "/usr/share/"]],
  ["DIRINDEXES", INT32, [0, 1]],
  ["BASENAMES", STRINGS, ["mint", "leaf"]],
  ["FILEMODES", INT16, [0o100755, 0o100644]],
  ["FILESIZES", INT32, [10, 20]],
  ["FILEDIGESTALGO", INT32, [8]],
  ["CHANGELOGTIME", INT32, [1_305_990_000]],
  ["CHANGELOGNAME", STRINGS, ["Ann <ann@example.org>"]],
  ["CHANGELOGTEXT", STRINGS, ["- Grow."]],
  [5009, INT64, [2n ** 40n]],
];

describe("services/rpm", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "header-"));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  function read(content: Buffer) {
    const path = join(directory, "a.rpm");
    writeFileSync(path, content);
    return readRpmHeader(path);
  }

  it("reads every type of value", () => {
    const header = read(rpmFile(MINT));
    assert.equal(textTag(header, TAGS.NAME as number), "mint");
    assert.equal(textTag(header, TAGS.SUMMARY as number), "Grow mint");
    assert.equal(textTag(header, TAGS.VENDOR as number), undefined);
    assert.deepEqual(textsTag(header, TAGS.REQUIRENAME as number), ["herb", "rpmlib(X)"]);
    assert.deepEqual(numbersTag(header, TAGS.FILEMODES as number), [0o100755, 0o100644]);
    assert.deepEqual(numbersTag(header, 5009), [2 ** 40]);
    assert.deepEqual(numbersTag(header, TAGS.NAME as number), []);
  });

  it("tells it as koji does", () => {
    const header = read(rpmFile(MINT));
    assert.deepEqual(dependencies(header), [
      { name: "herb", version: "1.0", flags: 12, type: 0 },
      { name: "rpmlib(X)", version: "", flags: 0, type: 0 },
      { name: "mint", version: "", flags: 0, type: 1 },
    ]);
    assert.deepEqual(fileNames(header), ["/usr/bin/mint", "/usr/share/leaf"]);
    const [first] = files(header);
    assert.deepEqual(
      [first?.name, first?.mode, first?.size, first?.digest_algo],
      ["/usr/bin/mint", 0o100755, 10, "sha256"],
    );
    assert.deepEqual(changelogEntries(header), [
      { date: "2011-05-21 15:00:00", date_ts: 1_305_990_000, author: "Ann <ann@example.org>", text: "- Grow." },
    ]);
    assert.deepEqual(headerFields(header, ["name", "RPMTAG_SIZE", "sigmd5", "vendor", "filenames"]), {
      name: "mint",
      RPMTAG_SIZE: 1234,
      sigmd5: "00ff",
      vendor: null,
      filenames: ["/usr/bin/mint", "/usr/share/leaf"],
    });
    assert.throws(() => headerFields(header, ["colour"]), /No such rpm header field: colour/);
  });

  it("says of what is no package what is wrong with it", () => {
    const whole = rpmFile(MINT);
    const huge = Buffer.from(whole);
    huge.writeUInt32BE(0xffffff, 96 + 8);
    assert.throws(() => read(Buffer.from("text")), /a\.rpm is not an RPM package: no lead/);
    assert.throws(() => read(whole.subarray(0, 100)), /the header's magic number is missing/);
    assert.throws(() => read(whole.subarray(0, whole.length - 100)), /the header is cut off/);
    assert.throws(() => read(huge), /the header is too large/);
  });

  it("survives any damage", () => {
    const whole = rpmFile(MINT);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
        const bent = Buffer.from(whole.subarray(0, length));
        if (at < bent.length) bent[at] = byte;
        try {
          const header = read(bent);
          dependencies(header);
          files(header);
          headerFields(header, []);
          changelogEntries(header);
        } catch (error) {
          assert.ok(error instanceof RpmFormatError, String((error as Error).stack));
        }
      }),
      { numRuns: 500 },
    );
  });
});
