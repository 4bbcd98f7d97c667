import { randomBytes } from "node:crypto";
import { constants, type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Runs `use` with a file of this content that has no name: a child gets it as its standard input or output (a pipe of
 * Node's is a socket, which cannot be opened as /dev/stdin), nobody else can open it, and nothing is left of it even if
 * we are killed. Mode 0600 for the moment in which it still has a name and no content.
 */
export async function withAnonymousFile<T>(content: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const path = join(tmpdir(), `pulumi-libvirt-${randomBytes(12).toString("hex")}`);
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await unlink(path);
    await file.writeFile(content);
    return await use(file);
  } finally {
    await file.close();
  }
}
