/** Reads a situation's tar: the document and the RPM files that it names, each checked against its digest as it arrives. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Extract, extract } from "tar-stream";
import { Situation } from "../../scenarios/format/situation";

type Entry = Extract extends AsyncIterable<infer T> ? T : never;

/** A production situation of 100,000 builds is some 100 MB of JSON. */
const DOCUMENT_LIMIT = 256 * 1024 * 1024;
/** All RPM files of one situation. */
const FILES_LIMIT = 20 * 1024 * 1024 * 1024;

/** The upload is refused; nothing was changed. */
export class UploadError extends Error {
  constructor(
    readonly status: 400 | 413 | 422,
    message: string,
    readonly path: string | null = null,
  ) {
    super(message);
    this.name = "UploadError";
  }
}

export interface Upload {
  situation: Situation;
  /** Size of the document. */
  documentBytes: number;
  /** The directory of the files, by their digests. */
  directory: string;
  files: number;
}

async function readDocument(entry: Entry): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of entry as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > DOCUMENT_LIMIT) throw new UploadError(413, `situation.json is larger than ${DOCUMENT_LIMIT} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder("utf-8").decode(Buffer.concat(chunks));
}

async function readFile(entry: Entry, digest: string, path: string): Promise<number> {
  const hash = createHash("sha256");
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(entry as unknown as NodeJS.ReadableStream, measure, createWriteStream(path));
  const actual = hash.digest("hex");
  if (actual !== digest) throw new UploadError(422, `its sha256 is ${actual}`, `rpms/${digest}`);
  return size;
}

function parseDocument(text: string): Situation {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UploadError(400, `situation.json is not JSON: ${(error as Error).message}`, "situation.json");
  }
  const parsed = Situation.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UploadError(422, issue?.message ?? "not a situation", jsonPath(issue?.path ?? []));
}

export function jsonPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`))
    .join("");
}

/**
 * @param directory made for this upload; the caller removes it when the upload is refused
 * @throws UploadError
 */
export async function readUpload(body: AsyncIterable<Uint8Array>, directory: string): Promise<Upload> {
  await mkdir(directory, { recursive: true });
  const archive = extract();
  const reading = pipeline(body, archive).catch((error: Error) => archive.destroy(error));
  let text: string | undefined;
  const digests = new Set<string>();
  let total = 0;
  try {
    for await (const entry of archive) {
      const { name, type, size = 0 } = entry.header;
      if (type === "directory") {
        entry.resume();
        continue;
      }
      if (type !== "file" && type !== "contiguous-file") throw new UploadError(400, `the tar holds a ${type}`, name);
      const plain = name.replace(/^\.\//, "");
      total += size;
      if (total > FILES_LIMIT) throw new UploadError(413, `the files are larger than ${FILES_LIMIT} bytes together`);
      const rpm = /^rpms\/([0-9a-f]{64})$/.exec(plain);
      if (plain === "situation.json") text = await readDocument(entry);
      else if (rpm !== null) {
        const digest = rpm[1] as string;
        await readFile(entry, digest, join(directory, digest));
        digests.add(digest);
      } else throw new UploadError(400, "the tar holds a file that is neither situation.json nor rpms/<sha256>", name);
    }
  } catch (error) {
    archive.destroy();
    await reading;
    if (error instanceof UploadError) throw error;
    throw new UploadError(400, `the body is not a tar archive: ${(error as Error).message}`);
  }
  await reading;
  if (text === undefined) throw new UploadError(400, "the tar holds no situation.json");
  const situation = parseDocument(text);
  await checkFiles(situation, digests, directory);
  return { situation, documentBytes: text.length, directory, files: digests.size };
}

/** Every file that the situation names must be there; what it does not name goes. Files bear their package's build time. */
async function checkFiles(situation: Situation, digests: ReadonlySet<string>, directory: string): Promise<void> {
  const named = new Set<string>();
  for (const [index, build] of situation.builds.entries()) {
    for (const [place, { file, buildTime }] of build.rpms.entries()) {
      if (file === undefined) continue;
      if (!digests.has(file.sha256)) {
        throw new UploadError(
          422,
          `the upload lacks rpms/${file.sha256}`,
          `builds[${index}].rpms[${place}].file.sha256`,
        );
      }
      if (!named.has(file.sha256)) await utimes(join(directory, file.sha256), buildTime, buildTime);
      named.add(file.sha256);
    }
  }
  for (const digest of digests) if (!named.has(digest)) await rm(join(directory, digest), { force: true });
}
