/** RPMs that rpmbuild refuses to make: real ones, changed afterwards, whose digests are right all the same. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Builds `name`-1.0-1.fc15.noarch.rpm of a spec file's remainder, its payload not compressed.
 * @param changes texts of the spec and what they become in the RPM, padded with `_` to the same length
 */
export function buildHostile(name: string, spec: string, changes: Record<string, string | Buffer> = {}): Buffer {
  const directory = mkdtempSync(join(tmpdir(), "autoqa-hostile-"));
  const head = `Name: ${name}\nVersion: 1.0\nRelease: 1.fc15\nSummary: Hostile\nLicense: MIT\nBuildArch: noarch\n`;
  writeFileSync(join(directory, "hostile.spec"), head + spec);
  const define = (macro: string, value: string) => ["--define", `${macro} ${value}`];
  const options = [
    ...["-bb", "--quiet", ...define("_topdir", directory), ...define("_rpmdir", directory)],
    ...define("_binary_payload", "w.ufdio"),
    ...define("_build_name_fmt", "out.rpm"),
  ];
  execFileSync("rpmbuild", [...options, "hostile.spec"], { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
  const rpm = readFileSync(join(directory, "out.rpm"));
  rmSync(directory, { recursive: true });
  return changed(rpm, changes);
}

const leadBytes = 96;
const introBytes = 16;
const entryBytes = 16;

/** Where the header that starts here ends (rpm docs/manual/format.md). */
function headerEnd(rpm: Buffer, start: number): number {
  return start + introBytes + entryBytes * rpm.readUInt32BE(start + 8) + rpm.readUInt32BE(start + 12);
}

function changed(original: Buffer, changes: Record<string, string | Buffer>): Buffer {
  const rpm = Buffer.from(original);
  const start = Math.ceil(headerEnd(rpm, leadBytes) / 8) * 8;
  const end = headerEnd(rpm, start);
  const header = () => rpm.subarray(start, end);
  const payload = () => rpm.subarray(end);
  const digests = () => {
    const md5 = createHash("md5").update(rpm.subarray(start)).digest();
    return [hex("sha256", payload()), hex("sha1", header()), hex("sha256", header()), md5];
  };
  const replace = (from: Buffer, to: Buffer) => {
    for (let at = rpm.indexOf(from); at >= 0; at = rpm.indexOf(from, at + to.length)) to.copy(rpm, at);
  };
  const before = digests();
  for (const [from, to] of Object.entries(changes)) {
    const [old, next] = [Buffer.from(from), Buffer.from(to)];
    if (next.length > old.length) throw new Error(`${from} is shorter than ${next}`);
    replace(old, Buffer.concat([next, Buffer.alloc(old.length - next.length, "_")]));
  }
  // The payload's digest is in the header, so each is changed before the next is computed.
  for (const i of before.keys()) replace(before[i] as Buffer, digests()[i] as Buffer);
  return rpm;
}

function hex(algorithm: string, content: Buffer): Buffer {
  return Buffer.from(createHash(algorithm).update(content).digest("hex"));
}
