/** A distribution repository's metadata (createrepo_c's repomd.xml), fetched and checked against its own checksums. */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { reason, request, Unreachable } from "../../http/request";
import { DownloadError } from "../../koji/files";

/** Paths of the metadata as it was fetched. */
export interface RepositoryFiles {
  name: string;
  primary: string;
  filelists: string;
}

interface Entry {
  href: string;
  checksum: string;
  algorithm: string;
}

const timeoutMilliseconds = 600_000;

/** What createrepo calls checksums, in Node's words. */
const algorithms: Record<string, string> = {
  ...{ md5: "md5", sha: "sha1", sha1: "sha1", sha224: "sha224" },
  ...{ sha256: "sha256", sha384: "sha384", sha512: "sha512" },
};

/** Directories of an architecture's repository: Fedora's called the 32-bit one i386 where koji says i686. */
const directories: Record<string, string[]> = { i386: ["i386", "i686"] };

/** @throws DownloadError if the repository is not there or not whole, Unreachable if its server is not there */
export async function fetchRepository(
  reposUrl: string,
  name: string,
  arch: string,
  directory: string,
): Promise<RepositoryFiles> {
  for (const place of directories[arch] ?? [arch]) {
    const base = `${reposUrl}/${name}/${place}`;
    const response = await request("the repository server", `${base}/repodata/repomd.xml`);
    if (response.status === 404) {
      await response.body?.cancel();
      continue;
    }
    const repomd = (await readBytes(response, `${name}'s repomd.xml`)).toString("utf8");
    const fetchEntry = async (type: string) => {
      const entry = parseRepomd(repomd, type);
      if (entry === undefined) throw new DownloadError(`the repository ${name} for ${arch} has no ${type} metadata`);
      const path = join(directory, `${name}-${type}${/(\.xml(\.\w+)?)$/.exec(entry.href)?.[1] ?? ".xml"}`);
      const content = await readBytes(
        await request("the repository server", `${base}/${entry.href}`, { timeoutMilliseconds }),
        `${name}'s ${type} metadata`,
      );
      if (createHash(entry.algorithm).update(content).digest("hex") !== entry.checksum) {
        throw new DownloadError(`the ${type} metadata of ${name} for ${arch} does not have its checksum`);
      }
      await writeFile(path, content);
      return path;
    };
    return { name, primary: await fetchEntry("primary"), filelists: await fetchEntry("filelists") };
  }
  throw new DownloadError(`there is no repository ${name} for ${arch}`);
}

/** The entry of one kind of metadata; none if it cannot be fetched and checked by it. */
function parseRepomd(xml: string, type: string): Entry | undefined {
  const data = new RegExp(`<data type="${type}">([\\s\\S]*?)</data>`).exec(xml)?.[1] ?? "";
  const href = /<location[^>]* href="([^"]+)"/.exec(data)?.[1];
  const [, kind = "", checksum] = /<checksum type="(\w+)">([0-9a-f]+)</.exec(data) ?? [];
  const algorithm = algorithms[kind];
  if (href === undefined || algorithm === undefined || checksum === undefined || href.includes("..")) return undefined;
  return { href, checksum, algorithm };
}

async function readBytes(response: Response, what: string): Promise<Buffer> {
  if (!response.ok) {
    await response.body?.cancel();
    throw new DownloadError(`there is no ${what} (HTTP ${response.status})`);
  }
  try {
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw new Unreachable(`the repository server broke off ${what} (${reason(error)})`);
  }
}
