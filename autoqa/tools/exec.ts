/** Running a tool and reading what it prints, up to a limit. */
import { spawn } from "node:child_process";

export interface Finished {
  /** Undefined if a signal ended it. */
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/** A tool is missing, or printed without end: the test has no usable result. */
export class ToolError extends Error {
  override name = "ToolError";
}

const maximumOutputBytes = 64 * 1024 * 1024;

/** @throws ToolError if it cannot be started or prints more than 64 MiB */
export function exec(
  command: string,
  args: readonly string[],
  options: { cwd: string; environment?: Record<string, string>; input?: string },
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: { ...process.env, ...options.environment } });
    const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let bytes = 0;
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= maximumOutputBytes) output[stream].push(chunk);
        else child.kill("SIGKILL");
      });
    }
    // A tool may end without having read its input; its exit code says the rest.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
    child.once("error", (error: NodeJS.ErrnoException) => {
      reject(new ToolError(`${command} cannot be started (${error.code})`));
    });
    child.once("close", (code) => {
      if (bytes > maximumOutputBytes) return reject(new ToolError(`${command} printed more than 64 MiB`));
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString("utf8");
      resolve({ exitCode: code ?? undefined, stdout: text(output.stdout), stderr: text(output.stderr) });
    });
  });
}
