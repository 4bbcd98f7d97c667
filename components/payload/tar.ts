/** Archives of a few files whose bytes depend on nothing but names, modes and contents. */
import { pack } from "tar-stream";

export interface ArchiveFile {
  name: string;
  /** Permission bits, e.g. 0o755. */
  mode: number;
  content: string | Buffer;
}

/** Two blocks of zeros end an archive (POSIX pax, "ustar Interchange Format"). */
const endBytes = 1024;

/** The files in the given order as a tar archive, all of them root's and from 1970. */
export async function archive(files: ArchiveFile[]): Promise<Buffer> {
  const tar = pack();
  for (const { name, mode, content } of files) {
    tar.entry({ name, mode, mtime: new Date(0), uid: 0, gid: 0 }, content);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** An archive with everything that is in the two. */
export function joined(first: Buffer, second: Buffer): Buffer {
  return Buffer.concat([first.subarray(0, -endBytes), second]);
}
