import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { status } from "@grpc/grpc-js";
import type { VolumeInputs } from "../schema/storage";
import { UserError } from "../wire/errors";
import { Asset } from "../wire/values";

interface Extent {
  /** Length of the file, holes included. */
  bytes: number;
  /** What the file takes on disk, holes not included. */
  allocatedBytes: number;
  /** Size of the disk in the image, as a guest sees it. */
  virtualBytes: number;
}

export type UploadedContent = Extent & ({ kind: "text"; text: string } | { kind: "file"; path: string });

/** What a volume is filled with. */
export type VolumeContent = { kind: "none" } | UploadedContent;

/** Describes the content, having checked that a file is there and readable, and is what its sha256 says. */
export async function openContent(inputs: VolumeInputs, signal: AbortSignal): Promise<VolumeContent> {
  const { source, content } = inputs;
  if (content !== undefined) return textContent(content);
  if (source === undefined) return { kind: "none" };
  if (source instanceof Asset && source.path === undefined) return textContent(source.text ?? "");
  const path = resolve(sourcePath(source) ?? "");
  const { size, blocks, isFile } = await statFile(path);
  if (!isFile) throw new UserError(`${path}: not a regular file`, status.INVALID_ARGUMENT);
  if (inputs.sourceSha256 !== undefined) await verify(path, inputs.sourceSha256.toLowerCase(), signal);
  const isQcow2 = inputs.target?.format?.type === "qcow2";
  return {
    kind: "file",
    path,
    bytes: size,
    allocatedBytes: Math.min(size, blocks * 512),
    virtualBytes: isQcow2 ? await qcow2VirtualSize(path) : size,
  };
}

/** The local file of a source, if it is one. */
export function sourcePath(source: VolumeInputs["source"]): string | undefined {
  return source instanceof Asset ? source.path : source;
}

function textContent(text: string): VolumeContent {
  const bytes = Buffer.byteLength(text);
  return { kind: "text", text, bytes, allocatedBytes: bytes, virtualBytes: bytes };
}

async function statFile(path: string): Promise<{ size: number; blocks: number; isFile: boolean }> {
  try {
    const found = await stat(path);
    return { size: found.size, blocks: found.blocks, isFile: found.isFile() };
  } catch (error) {
    throw new UserError(`${path}: ${fileProblem(error)}`, status.NOT_FOUND);
  }
}

export function fileProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "no such file";
  return code === "EACCES" ? "permission denied" : message;
}

async function verify(path: string, expected: string, signal: AbortSignal): Promise<void> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20, signal })) hash.update(chunk);
  } catch (error) {
    if (signal.aborted) throw new UserError("cancelled before it was done", status.ABORTED);
    throw new UserError(`${path}: ${fileProblem(error)}`);
  }
  const got = hash.digest("hex");
  if (got !== expected) {
    throw new UserError(
      `${path}: wrong sha256: expected ${expected}, got ${got}; the file is damaged or another one`,
      status.INVALID_ARGUMENT,
    );
  }
}

const QCOW2_MAGIC = 0x514649fb;

/** The virtual size in a qcow2 header (docs/interop/qcow2.txt in qemu/qemu: magic at byte 0, size at byte 24). */
async function qcow2VirtualSize(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(32), 0, 32, 0);
    if (bytesRead === 32 && buffer.readUInt32BE(0) === QCOW2_MAGIC) return Number(buffer.readBigUInt64BE(24));
  } finally {
    await file.close();
  }
  throw new UserError(`${path}: not a qcow2 image, though target.format.type is qcow2`, status.INVALID_ARGUMENT);
}
