import { type ChildProcess, spawn } from "node:child_process";
import { status } from "@grpc/grpc-js";
import { UserError } from "../wire/errors";
import { withAnonymousFile } from "./anonymous-file";
import { classify, isVirshError, VirshError, type VirshErrorKind, wordsOf } from "./errors";
import { PATIENCE, type Patience, watchForSilence } from "./watch";

export interface RunOptions {
  /** Text that the command reads from /dev/stdin. */
  input?: string;
  /**
   * A command that only moves data is stopped at once when the operation is cancelled; any other is given
   * GRACE_MILLISECONDS to finish, so that libvirt is not left in the middle of a change.
   */
  interruptible?: boolean;
}

const GRACE_MILLISECONDS = 3000;
const BUSY_INTERVAL_MILLISECONDS = 100;
/** Downloads are for our own small files. */
const LONGEST_DOWNLOAD = 64 * 1024;

/** Runs virsh commands against one hypervisor. */
export class Virsh {
  /**
   * @param uri libvirt connection URI
   * @param signal ends waiting when the operation is cancelled or times out
   * @param patience with a libvirt that does not answer
   */
  constructor(
    readonly uri: string,
    private readonly signal: AbortSignal,
    private readonly patience: Patience = PATIENCE,
  ) {}

  /** Whether the hypervisor is this machine: local URIs name no host (https://libvirt.org/uri.html). */
  get isLocal(): boolean {
    return /^[a-z+]+:\/\/\//.test(this.uri);
  }

  /** Standard output of `virsh ARGS…`. Throws VirshError with libvirt's words. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<string> {
    this.throwIfCancelled();
    if (options.input === undefined) return this.spawn(args, ["ignore", "pipe"], options);
    return withAnonymousFile(options.input, (file) => this.spawn(args, [file.fd, "pipe"], options));
  }

  /** What the command writes to the file /dev/stdout. */
  async download(args: readonly string[]): Promise<string> {
    this.throwIfCancelled();
    return withAnonymousFile("", async (file) => {
      await this.spawn(args, ["ignore", file.fd], {});
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST_DOWNLOAD), 0, LONGEST_DOWNLOAD, 0);
      return buffer.toString("utf8", 0, bytesRead);
    });
  }

  /** Standard output, or undefined when what the command asks for is not there. */
  async find(args: readonly string[]): Promise<string | undefined> {
    try {
      return await this.run(args);
    } catch (error) {
      if (isVirshError(error, "notFound")) return undefined;
      throw error;
    }
  }

  /** Runs the command, content when there is nothing to do for one of these reasons. */
  async runUnless(kinds: readonly VirshErrorKind[], args: readonly string[]): Promise<void> {
    try {
      await this.run(args);
    } catch (error) {
      if (!isVirshError(error, ...kinds)) throw error;
    }
  }

  /** Runs the command again for as long as libvirt is busy with another job on the same object. */
  async runWhenFree(args: readonly string[]): Promise<string> {
    for (;;) {
      try {
        return await this.run(args);
      } catch (error) {
        if (!isVirshError(error, "busy")) throw error;
        await this.pause(BUSY_INTERVAL_MILLISECONDS);
      }
    }
  }

  throwIfCancelled(): void {
    if (!this.signal.aborted) return;
    throw new UserError(
      this.signal.reason?.name === "TimeoutError" ? "timed out" : "cancelled before it was done",
      status.ABORTED,
    );
  }

  /** The same connection for cleaning up after a cancelled operation. */
  forCleanup(): Virsh {
    return this.signal.aborted ? new Virsh(this.uri, AbortSignal.timeout(GRACE_MILLISECONDS)) : this;
  }

  private get silence(): string {
    const { commandMilliseconds, answerMilliseconds } = this.patience;
    return `no answer for ${Math.round((commandMilliseconds + answerMilliseconds) / 1000)} s`;
  }

  private async pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.signal.addEventListener("abort", done);
    });
    this.throwIfCancelled();
  }

  private spawn(
    args: readonly string[],
    [stdin, stdout]: ["ignore" | number, "pipe" | number],
    options: RunOptions,
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      // A session of its own, so that Ctrl-C in a terminal does not end it half-way; English, for the error patterns.
      const child = spawn("virsh", ["--quiet", "--connect", this.uri, ...args], {
        detached: true,
        env: { ...process.env, LC_ALL: "C", LANGUAGE: "" },
        stdio: [stdin, stdout, "pipe"],
      });
      let isSilent = false;
      const endWatch = watchForSilence(this.uri, this.patience, () => {
        isSilent = true;
        child.kill("SIGKILL");
      });
      const endStop = this.stopOnAbort(child, options.interruptible ? 0 : GRACE_MILLISECONDS);
      const stopWatching = () => {
        endWatch();
        endStop();
      };
      const output: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
      child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
      child.on("error", (error: NodeJS.ErrnoException) => {
        stopWatching();
        reject(error.code === "ENOENT" ? new UserError('virsh is not installed: run "npm run setup"') : error);
      });
      child.on("close", (code, killedBy) => {
        stopWatching();
        if (code === 0) return resolve(Buffer.concat(output).toString());
        try {
          this.throwIfCancelled();
        } catch (cancelled) {
          return reject(cancelled);
        }
        if (isSilent) return reject(new VirshError("cannotConnect", this.silence, this.uri));
        const text = Buffer.concat(stderr).toString();
        const words = wordsOf(text) || `virsh ${args[0]} ended with ${killedBy ?? `status ${code}`}`;
        reject(new VirshError(classify(text), words, this.uri));
      });
    });
  }

  private stopOnAbort(child: ChildProcess, graceMilliseconds: number): () => void {
    let timer: NodeJS.Timeout | undefined;
    const stop = () => {
      timer = setTimeout(() => child.kill("SIGTERM"), graceMilliseconds);
    };
    if (this.signal.aborted) stop();
    else this.signal.addEventListener("abort", stop);
    return () => {
      clearTimeout(timer);
      this.signal.removeEventListener("abort", stop);
    };
  }
}
