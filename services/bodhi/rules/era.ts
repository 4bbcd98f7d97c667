/**
 * bodhi's rules changed between 0.9 and 2. A release is governed by those of its time: its tags tell, for Fedora's
 * began with `dist-` until 2011 (the releases whose bodhi was 0.8 and 0.9), and have not since.
 */
import type { Release } from "../../world/bodhi-tables";

export type Era = "0.9" | "current";

export function eraOf(release: Release): Era {
  return release.distTag.startsWith("dist-") ? "0.9" : "current";
}
