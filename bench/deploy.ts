/** A cold deploy beside the same machines started by hand with virsh, and the other commands of the life cycle. */
import { execFile, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { type Finished, stage3Config, TestStack } from "../tests/e2e/stack";

const run = promisify(execFile);
const uri = "qemu:///system";
const SSH_PAUSE_MILLISECONDS = 250;

const healthPorts = { infra: 7004, autoqa: 8081, client1: 8081 };

async function main(): Promise<void> {
  const stack = new TestStack("bench", stage3Config);
  try {
    const up = timed("up, the very first (base image uploaded)", await stack.run("up"));
    const again = timed("up again, everything replaced", await stack.run("up"));
    for (const nth of ["first", "second", "third"])
      timed(`preview of the deployed stack, the ${nth} time`, await stack.run("preview"));
    const byHand = await startByHand(stack);
    report("the same machines by hand: virsh start, until their services are healthy", byHand);
    console.log(`up / by hand: ${(up / byHand).toFixed(2)}; up again / by hand: ${(again / byHand).toFixed(2)}`);
    timed("destroy", await stack.run("destroy"));
  } finally {
    await stack.remove();
  }
}

/** Prints how long a command took. @throws Error with its output where it failed */
function timed(what: string, { exitCode, output, seconds }: Finished): number {
  if (exitCode !== 0) throw new Error(`${what} failed:\n${output}`);
  report(what, seconds);
  return seconds;
}

const report = (what: string, seconds: number): void => console.log(`${seconds.toFixed(1).padStart(7)} s  ${what}`);

/**
 * Stops the stack's machines, gives them fresh root disks and starts them again, all at once.
 *
 * @returns seconds until all are healthy
 */
async function startByHand(stack: TestStack): Promise<number> {
  const { stdout } = await outputs(stack);
  const key = join(stack.scratch, "key");
  writeFileSync(key, (JSON.parse(stdout) as { sshPrivateKey: string }).sshPrivateKey, { mode: 0o600 });
  const domains = stack.domains();
  const pools = (await virsh("pool-list", "--name")).split("\n").map((name) => name.trim());
  const pool = pools.find((name) => name.startsWith(`autoqa-${stack.name}-`));
  if (pool === undefined) throw new Error(`the pool of ${stack.name} is not there`);
  const disks = await Promise.all(domains.map((domain) => rootDiskOf(pool, domain)));
  await Promise.all(domains.map((domain) => virsh("destroy", domain)));
  const start = performance.now();
  await Promise.all(
    domains.map(async (domain, index) => {
      const { path, backing } = disks[index] as RootDisk;
      await run("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", backing, path]);
      await virsh("start", domain);
      const forwards = await virsh("qemu-monitor-command", "--hmp", domain, "info usernet");
      const [, port = ""] = /(\d+) +10\.0\.2\.15 +22 /.exec(forwards) ?? [];
      await untilHealthy(domain, port, key);
    }),
  );
  return (performance.now() - start) / 1000;
}

interface RootDisk {
  path: string;
  backing: string;
}

/** A person would know both. */
async function rootDiskOf(pool: string, domain: string): Promise<RootDisk> {
  const path = (await virsh("vol-path", "--pool", pool, `${domain}-root`)).trim();
  const { stdout } = await run("qemu-img", ["info", "--force-share", "--output=json", path]);
  return { path, backing: (JSON.parse(stdout) as { "backing-filename": string })["backing-filename"] };
}

async function virsh(...args: string[]): Promise<string> {
  return (await run("virsh", ["-q", "-c", uri, ...args])).stdout;
}

async function outputs(stack: TestStack): Promise<{ stdout: string }> {
  const { exitCode, output } = await stack.run("outputs", ["--json", "--show-secrets"]);
  if (exitCode !== 0) throw new Error(output);
  return { stdout: output };
}

/** As a person would: try ssh until it lets one in, then wait there. */
async function untilHealthy(domain: string, port: string, key: string): Promise<void> {
  const machine = domain.split("-").at(-1) as keyof typeof healthPorts;
  const deadline = performance.now() + 300_000;
  while (performance.now() < deadline) {
    const exitCode = await new Promise((resolve) => {
      const ssh = spawn(
        "ssh",
        [
          ...["-i", key, "-p", port, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"],
          ...["-o", "LogLevel=ERROR", "-o", "ConnectTimeout=5", "root@127.0.0.1"],
          `/usr/local/sbin/wait-until-healthy 240 ${healthPorts[machine]}`,
        ],
        { stdio: "ignore" },
      );
      ssh.once("close", resolve);
    });
    if (exitCode === 0) return;
    await setTimeout(SSH_PAUSE_MILLISECONDS);
  }
  throw new Error(`${domain} did not become healthy within 300 s`);
}

main().catch((error: Error) => {
  console.error(`bench/deploy: ${error.stack}`);
  process.exitCode = 1;
});
