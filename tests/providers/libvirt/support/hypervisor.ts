import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildPlugin } from "../../../../setup/build";
import { startLibvirt } from "../../../../setup/libvirt";
import { type Json, Plugin, urn } from "./plugin";

const run = promisify(execFile);
const URI = "qemu:///system";
const HOME = "/var/lib/libvirt";
/** Where libvirt and QEMU keep something under a domain's, network's or pool's name. */
const PLACES = [
  HOME,
  "/etc/libvirt/qemu",
  "/etc/libvirt/qemu/networks",
  "/etc/libvirt/storage",
  "/var/log/libvirt/qemu",
  "/var/lib/libvirt/qemu",
  "/var/lib/libvirt/qemu/save",
  "/var/lib/libvirt/qemu/nvram",
  "/run/libvirt/qemu",
  "/run/libvirt/network",
  "/tmp",
];

/** A real hypervisor with a corner of its own: everything of a test carries its prefix. */
export class Hypervisor {
  readonly prefix = `t${randomBytes(4).toString("hex")}`;
  readonly directory = join(HOME, `${this.prefix}-files`);
  private readonly plugins: Plugin[] = [];

  /** Builds the plugin and starts libvirt, if need be. */
  static async prepare(): Promise<Hypervisor> {
    await buildPlugin(process.cwd());
    await startLibvirt();
    const hypervisor = new Hypervisor();
    mkdirSync(hypervisor.directory);
    return hypervisor;
  }

  name(name: string): string {
    return `${this.prefix}-${name}`;
  }

  urn(type: string, name: string): string {
    return urn(type, name, this.prefix);
  }

  async plugin(options: Parameters<typeof Plugin.start>[0] = {}): Promise<Plugin> {
    const plugin = await Plugin.start(options);
    this.plugins.push(plugin);
    return plugin;
  }

  async virsh(...args: string[]): Promise<string> {
    const { stdout } = await run("virsh", ["--quiet", "--connect", URI, ...args]);
    return stdout.trim();
  }

  /** Whether the command succeeds. */
  async succeeds(...args: string[]): Promise<boolean> {
    return this.virsh(...args).then(
      () => true,
      () => false,
    );
  }

  /** Defines something from a document, as somebody else would. */
  async define(command: string, xml: string, ...args: string[]): Promise<void> {
    const child = run("sh", ["-c", `cat | virsh --quiet --connect ${URI} "$@"`, "sh", command, ...args, "/dev/stdin"]);
    child.child.stdin?.end(xml);
    await child;
  }

  poolInputs(name = "pool"): Json {
    return { name: this.name(name), type: "dir", target: { path: join(HOME, this.name(name)) } };
  }

  /** The smallest machine: firmware that finds nothing to boot. */
  domainInputs(name: string, devices: Json = {}): Json {
    return {
      type: "qemu",
      name: this.name(name),
      memory: { value: 32, unit: "MiB" },
      os: { type: { arch: "x86_64", machine: "q35" } },
      features: { tcg: { tbCache: { value: 8, unit: "MiB" } } },
      devices: { memballoon: { model: "none" }, controllers: [{ type: "usb", model: "none" }], ...devices },
    };
  }

  /** Everything with this test's prefix that exists now, by where it was found. */
  async traces(): Promise<string[]> {
    const lists = {
      domain: ["list", "--all", "--name"],
      network: ["net-list", "--all", "--name"],
      pool: ["pool-list", "--all", "--name"],
    };
    const found: string[] = [];
    for (const [kind, command] of Object.entries(lists)) {
      const names = (await this.virsh(...command)).split("\n").map((name) => name.trim());
      found.push(...names.filter((name) => name.startsWith(this.prefix)).map((name) => `${kind} ${name}`));
    }
    for (const place of PLACES.filter((path) => existsSync(path))) {
      const files = readdirSync(place).filter(
        (file) => file.includes(this.prefix) || file.startsWith("pulumi-libvirt-"),
      );
      found.push(...files.map((file) => join(place, file)).filter((path) => path !== this.directory));
    }
    for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
      const command = commandLine(pid);
      if (command.includes(this.prefix) && command.includes("qemu-system")) found.push(`process ${pid}`);
    }
    return found;
  }

  /** Stops the plugins and removes everything with this test's prefix, however far the test came. */
  async cleanUp(): Promise<void> {
    for (const plugin of this.plugins) await plugin.stop();
    for (const trace of await this.traces()) {
      const [kind, name = ""] = trace.split(" ");
      const commands: Record<string, string[][]> = {
        domain: [["destroy"], ["undefine", "--managed-save", "--nvram"]],
        network: [["net-destroy"], ["net-undefine"]],
        pool: [["pool-destroy"], ["pool-undefine"]],
      };
      for (const [command = "", ...options] of commands[kind ?? ""] ?? [])
        await this.succeeds(command, name, ...options);
      if (trace.startsWith("/")) rmSync(trace, { recursive: true, force: true });
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** Waits until the condition holds. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
