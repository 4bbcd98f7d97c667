/** Events for unit tests. */
import type { PostBodhiUpdateBatch, PostKojiBuild } from "../../autoqa/events/events";

const release = {
  name: "F15",
  branch: "f15",
  distTag: "f15",
  stableTag: "f15-updates",
  testingTag: "f15-updates-testing",
};

export function buildEvent(nvr: string): PostKojiBuild {
  return { event: "post-koji-build", release, tag: "f15-updates-testing-pending", build: nvr };
}

/** @param updates builds by update */
export function batchEvent(
  updates: Record<string, string[]>,
  target: "testing" | "stable" = "stable",
): PostBodhiUpdateBatch {
  return {
    event: "post-bodhi-update-batch",
    release,
    tag: target === "stable" ? "f15-updates-pending" : "f15-updates-testing-pending",
    target,
    arches: ["i386", "x86_64"],
    cause: "changed",
    updates: Object.entries(updates).map(([name, builds]) => ({ name, builds })),
  };
}
