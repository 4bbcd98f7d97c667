import { spawnSync } from "node:child_process";

/** What `virsh` prints, or undefined where it fails (the object is not there, or no longer). */
export function virsh(uri: string, ...args: string[]): string | undefined {
  const finished = spawnSync("virsh", ["--quiet", "--connect", uri, ...args], { encoding: "utf8" });
  return finished.status === 0 ? finished.stdout : undefined;
}

/** The lines of a list that `virsh` prints, without blank ones. */
export function virshList(uri: string, ...args: string[]): string[] {
  return (virsh(uri, ...args) ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
