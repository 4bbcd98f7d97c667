/** Downloading a build's RPMs, each checked against the size that koji states. */
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { reason, request, Unreachable } from "../http/request";
import { rpmFileName, rpmPath } from "./paths";
import type { Rpm } from "./types";

/** The file is not there or is not what koji says it is; the build may have been deleted, or is still being imported. */
export class DownloadError extends Error {
  override name = "DownloadError";
}

const downloadsAtOnce = 4;
/** What the system says when a disk is full or a file too large for a test. */
const noRoom = ["ENOSPC", "EFBIG", "EDQUOT"];
/** A slow server gets this long for a file's headers and body. */
const timeoutMilliseconds = 600_000;

/**
 * Downloads RPMs of one build into a directory; returns their paths in the order given.
 * @throws DownloadError, HostileNameError or Unreachable
 */
export async function downloadRpms(
  filesUrl: string,
  build: { name: string; version: string; release: string },
  rpms: readonly Rpm[],
  directory: string,
): Promise<string[]> {
  const paths = rpms.map((rpm) => join(directory, rpmFileName(rpm)));
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < rpms.length; i = next++) {
      const [rpm, path] = [rpms[i], paths[i]];
      if (rpm !== undefined && path !== undefined) await download(`${filesUrl}/${rpmPath(build, rpm)}`, rpm, path);
    }
  };
  await Promise.all(Array.from({ length: Math.min(downloadsAtOnce, rpms.length) }, worker));
  return paths;
}

async function download(url: string, rpm: Rpm, path: string): Promise<void> {
  const file = rpmFileName(rpm);
  const response = await request("koji", url, { timeoutMilliseconds });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new DownloadError(`koji has no file ${file} (HTTP ${response.status})`);
  }
  let sizeBytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      if (sizeBytes > rpm.size) done(new DownloadError(`${file} is larger than the ${rpm.size} bytes koji states`));
      else done(null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(response.body), measure, createWriteStream(path));
  } catch (error) {
    if (error instanceof DownloadError) throw error;
    const { code = "" } = error as NodeJS.ErrnoException;
    if (noRoom.includes(code)) throw new DownloadError(`${file} of ${rpm.size} bytes has no room here (${code})`);
    throw new Unreachable(`koji broke off ${file} (${reason(error)})`);
  }
  if (sizeBytes < rpm.size) throw new DownloadError(`${file} has ${sizeBytes} bytes of the ${rpm.size} koji states`);
}
