/** Starts libvirt's daemons where none answers: by the service manager where there is one, else by themselves. */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { run } from "./command";
import { endDaemon, runningDaemon } from "./daemon";
import { SetupError, step } from "./progress";

const uri = "qemu:///system";
/** Which daemons this project started, so that `destroy --all` ends those and no others. */
export const startedDaemonsDirectory = "/run/autoqa-staging";
const startSeconds = 30;
/** Those of libvirtd's sockets would start it again. */
const units = ["libvirtd.service", "libvirtd.socket", "libvirtd-ro.socket", "libvirtd-admin.socket"];
const startedByServiceManager = join(startedDaemonsDirectory, "libvirtd.service");

/** @throws SetupError with the daemon's own last words */
export async function startLibvirt(): Promise<void> {
  if (await answers()) return;
  await step("starting libvirt", async () => {
    if (existsSync("/run/systemd/system")) await startByServiceManager();
    else await startDaemons();
    const deadline = performance.now() + startSeconds * 1000;
    while (!(await answers())) {
      if (performance.now() > deadline) throw await unreachable();
      await delay(100);
    }
  });
}

async function answers(): Promise<boolean> {
  return (await run("virsh", ["--quiet", "--connect", uri, "version"])).exitCode === 0;
}

async function startByServiceManager(): Promise<void> {
  const started = await run("systemctl", ["start", "libvirtd.service"]);
  if (started.exitCode !== 0) {
    throw new SetupError(`libvirtd did not start: ${started.stderr.trim()} See: journalctl --unit libvirtd.service`);
  }
  await mkdir(startedDaemonsDirectory, { recursive: true });
  await writeFile(startedByServiceManager, "");
}

async function startDaemons(): Promise<void> {
  await letQemuUseKvm();
  await mkdir(startedDaemonsDirectory, { recursive: true });
  for (const daemon of ["virtlogd", "libvirtd"]) {
    const pidFile = join("/run", `${daemon}.pid`);
    if (runningDaemon(pidFile, daemon) !== undefined) continue;
    const started = await run(`/usr/sbin/${daemon}`, ["--daemon"], {
      ...process.env,
      LIBVIRT_LOG_OUTPUTS: `3:file:${join(startedDaemonsDirectory, `${daemon}.log`)}`,
    });
    if (started.exitCode !== 0) throw await unreachable(`${daemon}: ${started.stderr.trim()}`);
    await writeFile(join(startedDaemonsDirectory, daemon), readFileSync(pidFile, "utf8"));
  }
}

/**
 * Where no udev runs, /dev/kvm is root's alone. QEMU runs as another user, and libvirt, seeing that it cannot use the
 * device, probes QEMU anew for every domain: seconds each time.
 */
async function letQemuUseKvm(): Promise<void> {
  if (!existsSync("/dev/kvm")) return;
  await run("chgrp", ["kvm", "/dev/kvm"]);
  await run("chmod", ["660", "/dev/kvm"]);
}

/** Ends what {@link startLibvirt} started here. @throws SetupError where it does not end */
export async function stopStartedLibvirt(): Promise<void> {
  if (existsSync(startedByServiceManager)) {
    const stopped = await run("systemctl", ["stop", ...units]);
    if (stopped.exitCode !== 0) throw new SetupError(`libvirtd could not be stopped: ${stopped.stderr.trim()}`);
  }
  for (const daemon of ["libvirtd", "virtlogd"]) {
    const pid = runningDaemon(join(startedDaemonsDirectory, daemon), daemon);
    if (pid !== undefined) await endDaemon(pid, daemon);
  }
  await rm(startedDaemonsDirectory, { recursive: true, force: true });
}

async function unreachable(reason?: string): Promise<SetupError> {
  const log = join(startedDaemonsDirectory, "libvirtd.log");
  const lastLines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").slice(-5).join("\n") : "(no log)";
  const refusal = (await run("virsh", ["--quiet", "--connect", uri, "version"])).stderr.trim();
  return new SetupError(
    `libvirt does not answer at ${uri}: ${reason ?? refusal}\nThe end of libvirtd's log:\n${lastLines}\n` +
      "Start libvirtd by hand to see more (/usr/sbin/libvirtd), then run this again.",
  );
}
