/** What RPM files say of themselves, read by `rpm -qp`: no signature is checked, no RPM database touched. */
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import type { Rpm } from "../format/situation";
import { withWorkDirectory } from "./work-directory";

const run = promisify(execFile);

/** An RPM's header and size, as a situation has it. */
export type RpmHeader = Omit<Rpm, "file" | "signingKeys"> & {
  /** The file name of the source RPM that it was built from; null for a source RPM. */
  sourceRpm: string | null;
};

/** Files a call of rpm: far below the kernel's limit of a command line. */
const BATCH = 500;
const TAGS = ["NAME", "EPOCH", "VERSION", "RELEASE", "ARCH", "SOURCEPACKAGE", "SOURCERPM", "BUILDTIME", "SIGMD5"];

/** A file that rpm can't read as an RPM, or no rpm at all. */
export class RpmError extends Error {
  override readonly name = "RpmError";
  constructor(
    message: string,
    /** The file that is at fault, if it is one. */
    readonly file?: string,
  ) {
    super(message);
  }
}

/**
 * The headers of RPM files, in the order given.
 * @throws {RpmError} with the first file that is no RPM, and rpm's own words
 */
export async function readHeaders(files: readonly string[]): Promise<RpmHeader[]> {
  const headers: RpmHeader[] = [];
  for (let start = 0; start < files.length; start += BATCH) {
    const batch = files.slice(start, start + BATCH);
    headers.push(...(await readBatch(batch).catch((error: Error) => readSingly(batch, error))));
  }
  return headers;
}

/** Finds the file because of which a batch couldn't be read. */
async function readSingly(files: readonly string[], error: Error): Promise<RpmHeader[]> {
  for (const file of files) {
    await readBatch([file]).catch((reason: Error) => {
      throw new RpmError(reason.message, file);
    });
  }
  throw error;
}

async function readBatch(files: readonly string[]): Promise<RpmHeader[]> {
  if (files.length === 0) return [];
  const format = `${TAGS.map((tag) => `%{${tag}}`).join("\\t")}\\n`;
  // An empty database of our own: as root, rpm would otherwise create the system's where there is none.
  return withWorkDirectory(tmpdir(), "autoqa-staging-rpmdb", async (database) => {
    const query = ["-qp", "--nosignature", "--dbpath", database, "--qf", format, ...files];
    const { stdout } = await run("rpm", query, { env: { ...process.env, LC_ALL: "C" }, maxBuffer: 64 << 20 });
    const lines = stdout.split("\n").slice(0, -1);
    return await Promise.all(files.map(async (file, index) => parse(lines[index] ?? "", (await stat(file)).size)));
  }).catch((error: unknown) => {
    throw explain(error, "rpm");
  });
}

function parse(line: string, sizeBytes: number): RpmHeader {
  const [name = "", epoch = "", version = "", release = "", arch = "", source, sourceRpm = "", time, md5 = ""] =
    line.split("\t");
  return {
    name,
    epoch: epoch === "(none)" ? null : Number(epoch),
    version,
    release,
    arch: source === "1" ? "src" : arch,
    sizeBytes,
    buildTime: Number(time),
    payloadHash: md5,
    sourceRpm: source === "1" ? null : sourceRpm,
  };
}

/** What a user can do with a failed call of one of RPM's tools. */
export function explain(error: unknown, tool: string): Error {
  const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
  if (code === "ENOENT") return new RpmError(`${tool} is not installed: apt-get install rpm (npm run setup does it)`);
  const words = stderr?.trim();
  return new RpmError(words ? `${tool}: ${words}` : message);
}
