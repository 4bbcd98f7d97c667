/**
 * What of one stack there is on this machine: by its name where it has one, else by what was noted while it was there.
 * Whatever other stacks come and go in the meantime is none of it.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** libvirt shortens a domain's name to so many characters in the directories that it makes for it (virDomainDefGetShortName). */
const SHORT_NAME_LENGTH = 20;
const DIRECTORIES = ["/etc/libvirt", "/run", "/var/cache/libvirt", "/var/lib/libvirt", "/var/log/libvirt"];

export class Traces {
  private readonly prefix: string;
  /** Process ids of the listeners by port. */
  private readonly listeners = new Map<number, string>();
  private readonly bridges = new Set<string>();

  /**
   * @param stack its name
   * @param backend the directory of its state, which every process of its commands has in its environment
   */
  constructor(
    stack: string,
    private readonly backend: string,
  ) {
    this.prefix = `autoqa-${stack}`;
  }

  /** Notes what does not carry the stack's name: its ports, by its outputs, and the bridges of its networks. */
  note(outputs: object): void {
    const ports = [...JSON.stringify(outputs).matchAll(/(?:127\.0\.0\.1:|"port":)(\d+)/g)].map(([, port]) =>
      Number(port),
    );
    const listening = listeners();
    for (const port of ports) this.listeners.set(port, listening.get(port) ?? "");
    for (const [network, bridge] of networks()) if (this.isOurs(network)) this.bridges.add(bridge);
  }

  domains(): string[] {
    return virsh("list", "--all", "--name").filter((name) => this.isOurs(name));
  }

  /** One line each, sorted. */
  find(): string[] {
    const named = [
      ...this.domains().map((name) => `domain ${name}`),
      ...[...networks().keys()].filter((name) => this.isOurs(name)).map((name) => `network ${name}`),
      ...virsh("pool-list", "--all", "--name").flatMap((pool) => this.inPool(pool)),
      ...this.files().map((file) => `file ${file}`),
    ];
    return [...named, ...this.processes(), ...this.ports(), ...this.orphanedBridges(), ...this.state()].sort();
  }

  /** Files that the stack has in its backend: its state, and locks on it. */
  state(): string[] {
    const places = ["stacks", "locks"].map((place) => join(this.backend, ".pulumi", place));
    return places.filter(existsSync).flatMap((place) =>
      readdirSync(place, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `state ${join(entry.parentPath, entry.name)}`),
    );
  }

  private isOurs(name: string): boolean {
    return name.includes(this.prefix);
  }

  /** The pool, if it is ours by name or directory, and the volumes of ours in it. */
  private inPool(pool: string): string[] {
    const isOurs = virsh("pool-dumpxml", pool).some((line) => this.isOurs(line));
    const volumes = virsh("vol-list", pool).flatMap((line) => {
      const [, name = "", path = ""] = /^\s*(\S+)\s+(\/.*?)\s*$/.exec(line) ?? [];
      // A pool goes on listing what was there when it was looked at last.
      return this.isOurs(path) && existsSync(path) ? [`volume ${name} in pool ${pool}`] : [];
    });
    return [...(isOurs ? [`pool ${pool}`] : []), ...volumes];
  }

  private files(): string[] {
    const name = ["-name", `*${this.prefix.slice(0, SHORT_NAME_LENGTH)}*`];
    return [...lines("find", [...DIRECTORIES, ...name]), ...lines("find", ["/tmp", "-maxdepth", "1", ...name])];
  }

  /** Machines by their name, commands and plugins by their environment. */
  private processes(): string[] {
    return readdirSync("/proc")
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((pid) => {
        const command = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
        const isOurs = this.isOurs(command) || read(`/proc/${pid}/environ`).includes(this.backend);
        return isOurs && Number(pid) !== process.pid ? [`process ${pid} ${command.slice(0, 200)}`] : [];
      });
  }

  /** Ports that are still listened to by whoever did so when they were noted: others may have got them since. */
  private ports(): string[] {
    const listening = listeners();
    return [...this.listeners]
      .filter(([port, pid]) => pid !== "" && listening.get(port) === pid)
      .map(([port, pid]) => `port ${port} of process ${pid}`);
  }

  /** Bridges that no network has any more; of those that have been given to another one, libvirt says so. */
  private orphanedBridges(): string[] {
    const existing = lines("ip", ["-o", "link", "show", "type", "bridge"]).map(
      (line) => /^\d+: ([^:@]+)/.exec(line)?.[1],
    );
    const taken = new Set([...networks()].filter(([network]) => !this.isOurs(network)).map(([, bridge]) => bridge));
    return [...this.bridges]
      .filter((bridge) => existing.includes(bridge) && !taken.has(bridge))
      .map((bridge) => `bridge ${bridge}`);
  }
}

/** Without those lines that say nothing. What a command asks for may have gone a moment ago: no lines. */
function lines(command: string, args: readonly string[]): string[] {
  const { stdout } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
  return stdout.split("\n").filter((line) => line.trim() !== "");
}

function virsh(...args: string[]): string[] {
  return lines("virsh", ["--quiet", "--connect", "qemu:///system", ...args]).map((line) => line.trim());
}

/** The bridge of every network that is active. */
function networks(): Map<string, string> {
  const names = virsh("net-list", "--all", "--name");
  return new Map(
    names.map((name) => {
      const bridge = virsh("net-info", name).map((line) => /^Bridge:\s+(\S+)$/.exec(line)?.[1]);
      return [name, bridge.find((found) => found !== undefined) ?? ""] as const;
    }),
  );
}

/** Process ids by TCP port of this machine's listeners. */
function listeners(): Map<number, string> {
  const found = lines("ss", ["--no-header", "--listening", "--tcp", "--numeric", "--processes"]).flatMap((line) => {
    const [, port, pid] = /:(\d+)\s+\S+\s+users:.*?pid=(\d+)/.exec(line) ?? [];
    return port === undefined || pid === undefined ? [] : [[Number(port), pid] as const];
  });
  return new Map(found);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
