/** `command:remote:CopyToRemote` and `CopyFile`: files and directories over sftp. */
import { stat } from "node:fs/promises";
import path from "node:path";
import type { Client, SFTPWrapper } from "ssh2";
import { type CheckFailure, ProviderError } from "../../plugins/provider";
import { filesBelow } from "../../values/assets";
import { Archive, Asset, deepEquals, type PropertyMap, Unknown } from "../../values/property";
import type { CallContext, ResourceHandler } from "../standIn";
import { commandId, diffCommand, textOf } from "./common";
import type { ConnectionPool } from "./connection";
import { connectionProblems } from "./remote";

const NO_SUCH_FILE = 2;

/** What is copied: some text, or what lies at a place on this machine. */
type Source = { readonly text: string } | { readonly place: string };

function sourceOf(inputs: PropertyMap): Source | undefined {
  const source = inputs.source;
  if (source instanceof Asset) {
    if (source.source.text !== undefined) return { text: source.source.text };
    if (source.source.path !== undefined) return { place: source.source.path };
  }
  if (source instanceof Archive && source.source.path !== undefined) return { place: source.source.path };
  return undefined;
}

function checkCopy(inputs: PropertyMap): CheckFailure[] {
  const failures: CheckFailure[] = [...connectionProblems(inputs)];
  const { source } = inputs;
  if (source instanceof Unknown) return failures;
  if (!(source instanceof Asset) && !(source instanceof Archive)) {
    failures.push({ property: "source", reason: "either asset or archive must be set" });
  } else if (!sourceOf(inputs)) {
    const reason =
      source instanceof Asset
        ? "asset must be a path-based file asset or a text asset"
        : "archive must be a path to a file or directory";
    failures.push({ property: "source", reason });
  }
  return failures;
}

export function copyToRemote(pool: ConnectionPool): ResourceHandler {
  return {
    computed: [],
    check: checkCopy,
    diff: diffCommand,
    async create(inputs, context) {
      await copy(pool, inputs, sourceOf(inputs), context);
      return { id: commandId(""), outputs: {} };
    },
    async update(inputs, olds, context) {
      const moved = inputs.remotePath !== olds.remotePath;
      if (moved || !deepEquals(inputs.source, olds.source)) await copy(pool, inputs, sourceOf(inputs), context);
      return {};
    },
  };
}

/** The older resource: one local file, by `localPath`. */
export function copyFile(pool: ConnectionPool): ResourceHandler {
  const source = (inputs: PropertyMap): Source => ({ place: textOf(inputs.localPath) });
  return {
    computed: [],
    check: connectionProblems,
    diff: diffCommand,
    async create(inputs, context) {
      await copy(pool, inputs, source(inputs), context);
      return { id: commandId(""), outputs: {} };
    },
    async update(inputs, olds, context) {
      const same = ["localPath", "remotePath"].every((key) => inputs[key] === olds[key]);
      if (!same) await copy(pool, inputs, source(inputs), context);
      return {};
    },
  };
}

async function copy(pool: ConnectionPool, inputs: PropertyMap, source: Source | undefined, context: CallContext) {
  if (!source) throw new ProviderError("there is nothing to copy: source must be a file, a text or a directory");
  const target = textOf(inputs.remotePath);
  await pool.use(inputs.connection as PropertyMap, context, async (client) => {
    const sftp = await openSftp(client);
    try {
      const remote = new RemoteFiles(sftp);
      if ("text" in source) await putText(remote, source.text, target);
      else await putPlace(remote, source.place, target);
    } finally {
      sftp.end();
    }
  });
}

function openSftp(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) =>
    client.sftp((error, sftp) =>
      error ? reject(new ProviderError(`the ssh server offers no sftp: ${error.message}`)) : resolve(sftp),
    ),
  );
}

async function putText(remote: RemoteFiles, text: string, target: string): Promise<void> {
  if ((await remote.kind(target)) === "directory") {
    throw new ProviderError(
      `remote path ${target} is a directory; when using a text asset, remotePath must be a file path`,
    );
  }
  await remote.makeDirectories(path.posix.dirname(target));
  await remote.write(target, text);
}

/**
 * | source | target is a directory      | target is not there | target is a file |
 * | ------ | -------------------------- | ------------------- | ---------------- |
 * | dir    | target/dir                 | target/dir          | error            |
 * | dir/   | target/x for each x in dir | target/x            | error            |
 * | file   | target/file                | target              | overwritten      |
 */
async function putPlace(remote: RemoteFiles, place: string, target: string): Promise<void> {
  const local = await stat(place).catch(() => {
    throw new ProviderError(`the file to copy does not exist or cannot be read: ${place}`);
  });
  const kind = await remote.kind(target);
  if (!local.isDirectory()) {
    if (kind === undefined) await remote.makeDirectories(path.posix.dirname(target));
    await remote.put(place, kind === "directory" ? path.posix.join(target, path.basename(place)) : target);
    return;
  }
  if (kind === "file") throw new ProviderError(`remote path ${target} exists but is not a directory`);
  const base = place.endsWith("/") ? target : path.posix.join(target, path.basename(place));
  await remote.makeDirectories(base);
  for (const file of await filesBelow(place)) {
    const destination = path.posix.join(base, file);
    await remote.makeDirectories(path.posix.dirname(destination));
    await remote.put(path.join(place, file), destination);
  }
}

class RemoteFiles {
  private readonly made = new Set<string>();

  constructor(private readonly sftp: SFTPWrapper) {}

  /** What is at a remote path, undefined when nothing is. */
  kind(target: string): Promise<"directory" | "file" | undefined> {
    return new Promise((resolve, reject) =>
      this.sftp.stat(target, (error, stats) => {
        if (!error) resolve(stats.isDirectory() ? "directory" : "file");
        else if ((error as { code?: number }).code === NO_SUCH_FILE) resolve(undefined);
        else reject(new ProviderError(`failed to stat remote path ${target}: ${error.message}`));
      }),
    );
  }

  async makeDirectories(target: string): Promise<void> {
    if (target === "/" || target === "." || this.made.has(target)) return;
    const kind = await this.kind(target);
    if (kind === "file") throw new ProviderError(`remote path ${target} exists but is not a directory`);
    if (kind === undefined) {
      await this.makeDirectories(path.posix.dirname(target));
      await this.call(`create remote directory ${target}`, (done) => this.sftp.mkdir(target, done));
    }
    this.made.add(target);
  }

  put(local: string, target: string): Promise<void> {
    return this.call(`copy file ${local} to remote path ${target}`, (done) => this.sftp.fastPut(local, target, done));
  }

  write(target: string, text: string): Promise<void> {
    return this.call(`write text content to remote path ${target}`, (done) => this.sftp.writeFile(target, text, done));
  }

  private call(what: string, method: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) =>
      method((error) => (error ? reject(new ProviderError(`failed to ${what}: ${error.message}`)) : resolve())),
    );
  }
}
