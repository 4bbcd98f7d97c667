/** Fetches the RPM files that a captured scenario has the addresses of, and writes their paths and digests into it. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import { readHeaders } from "../scenarios/rpm/header";
import { CaptureError } from "./koji-source";

/** An RPM of hundreds of megabytes over a slow line. */
const TIMEOUT_MS = 30 * 60_000;
const AT_ONCE = 4;
/** What a file says itself. */
const SAID_BY_THE_FILE = ["name", "version", "release", "epoch", "arch", "sizeBytes", "buildTime", "payloadHash"];

/** The file, or undefined where the server has none. @throws CaptureError */
async function download(url: string, path: string): Promise<string | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: Error) => {
    throw new CaptureError(`${url}: ${(error as { cause?: Error }).cause?.message ?? error.message}`);
  });
  if (response.status === 404) return undefined;
  if (!response.ok || response.body === null) throw new CaptureError(`${url}: the server answered ${response.status}`);
  const hash = createHash("sha256");
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(response.body, measure, createWriteStream(path)).catch((error: Error) => {
    throw new CaptureError(`${url}: ${error.message}`);
  });
  return hash.digest("hex");
}

/** koji deletes unsigned copies once they are signed: then a signed one stands for them. */
function addresses(url: string, keys: readonly string[]): string[] {
  const [, build, rest] = /^(.*\/packages\/[^/]+\/[^/]+\/[^/]+)\/(.*)$/.exec(url) ?? [];
  return [url, ...keys.map((key) => `${build}/data/signed/${key.toLowerCase()}/${rest}`)];
}

/** How a file is not the RPM that koji told of. */
async function difference(path: string, hash: unknown): Promise<string | undefined> {
  try {
    const [header] = await readHeaders([path]);
    if (hash === undefined || header?.payloadHash === hash) return undefined;
    return `not the file that koji told of: its payload hash is ${header?.payloadHash}, not ${hash}`;
  } catch (error) {
    return `not an RPM: ${(error as Error).message}`;
  }
}

async function fetchOne(rpm: YAMLMap, directory: string): Promise<void> {
  const url = String(rpm.get("url"));
  const name = basename(new URL(url).pathname);
  const path = join(directory, "rpms", name);
  const partial = `${path}.partial`;
  const keys = rpm.get("signingKeys");
  for (const address of addresses(url, isSeq(keys) ? (keys.toJSON() as unknown[]).map(String) : [])) {
    const sha256 = await download(address, partial);
    if (sha256 === undefined) continue;
    const wrong = await difference(partial, rpm.get("payloadHash"));
    if (wrong !== undefined) {
      await rm(partial);
      throw new CaptureError(`${address}: ${wrong}`);
    }
    await rename(partial, path);
    for (const field of SAID_BY_THE_FILE) rpm.delete(field);
    rpm.set("path", `rpms/${name}`);
    rpm.set("sha256", sha256);
    rpm.set("url", address);
    return;
  }
  throw new CaptureError(`there is no ${url}, nor a signed copy`);
}

/**
 * @param builds name-version-release of those to fetch; all, where there are none
 * @returns how many files were fetched
 * @throws CaptureError; what was fetched before is kept, and written down
 */
export async function fetchRpms(
  file: string,
  builds: readonly string[],
  progress: (message: string) => void,
): Promise<number> {
  const document = parseDocument(await readFile(file, "utf8"));
  const all = document.get("builds");
  const wanted: YAMLMap[] = [];
  const missing = new Set(builds);
  for (const build of isSeq(all) ? (all as YAMLSeq<YAMLMap>).items : []) {
    const nvr = String(build.get("nvr"));
    missing.delete(nvr);
    if (builds.length > 0 && !builds.includes(nvr)) continue;
    const rpms = build.get("rpms");
    for (const rpm of isSeq(rpms) ? rpms.items : [])
      if (isMap(rpm) && rpm.has("url") && !rpm.has("path")) wanted.push(rpm);
  }
  if (missing.size > 0) throw new CaptureError(`${file} has no build ${[...missing].join(", ")}`);
  await mkdir(join(dirname(file), "rpms"), { recursive: true });
  let done = 0;
  const queue = wanted.values();
  const worker = async (): Promise<void> => {
    for (const rpm of queue) {
      await fetchOne(rpm, dirname(file));
      done += 1;
      progress(`${done} of ${wanted.length}: ${rpm.get("path")}`);
    }
  };
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  await writeFile(`${file}.partial`, document.toString({ lineWidth: 118 }));
  await rename(`${file}.partial`, file);
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return done;
}
