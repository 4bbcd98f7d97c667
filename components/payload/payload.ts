/** A payload: the archive that a machine unpacks at boot, kept by digest in the cache. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { cacheDirectory } from "../../images/base-image";
import type { Bundles } from "./bundle";
import { type ArchiveFile, archive, joined } from "./tar";

export interface Payload {
  path: string;
  /** 64 hexadecimal digits. */
  sha256: string;
}

/**
 * Makes the payload of a machine: `start`, which the machine runs, and the programs beside it as `<program>.js`.
 * @param start a shell script; it runs in the machine as root with the payload in /opt/staging
 * @param more a tar archive of what else lies there
 * @throws pulumi.RunError where it cannot be written
 */
export async function makePayload(start: string, programs: Partial<Bundles>, more?: Buffer): Promise<Payload> {
  const files: ArchiveFile[] = [{ name: "start", mode: 0o755, content: start }];
  for (const [program, content] of Object.entries(programs)) {
    files.push({ name: `${program}.js`, mode: 0o644, content });
  }
  const own = await archive(files);
  return store(more === undefined ? own : joined(own, more));
}

function store(bytes: Buffer): Payload {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const directory = join(cacheDirectory(), "payloads");
  const path = join(directory, `${sha256}.tar`);
  if (existsSync(path)) return { path, sha256 };
  try {
    mkdirSync(directory, { recursive: true });
    removeAbandoned(directory);
    writeWhole(path, bytes);
  } catch (error) {
    const { message } = error as Error;
    throw new pulumi.RunError(
      `${path} cannot be written (${message}). Free some room there, or name another directory in AUTOQA_STAGING_CACHE.`,
    );
  }
  return { path, sha256 };
}

/** Nobody sees half of the file, and on failure there is none. */
function writeWhole(path: string, bytes: Buffer): void {
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** What processes left that were killed while they wrote: `<digest>.tar.<pid>`. */
function removeAbandoned(directory: string): void {
  for (const name of readdirSync(directory)) {
    const [, pid] = /\.tar\.(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(directory, name), { force: true });
  }
}
