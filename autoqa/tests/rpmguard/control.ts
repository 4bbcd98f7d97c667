import type { Control } from "../control";

/** One host compares the RPMs of all architectures. */
export const control: Control = {
  test: "rpmguard",
  events: ["post-koji-build"],
  arches: () => ["noarch"],
  labels: (arch) => [arch],
  timeoutSeconds: 1800,
};
