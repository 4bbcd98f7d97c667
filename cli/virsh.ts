import { Virsh } from "../providers/libvirt/virsh/virsh";

/** Commands to libvirt there, as the provider gives them. @param uri libvirt's connection URI */
export const hypervisor = (uri: string): Virsh => new Virsh(uri, new AbortController().signal);

/** The lines of a list that `virsh` prints, without blank ones. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
