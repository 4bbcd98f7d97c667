import type { Control } from "../control";

/** One host examines the RPMs of all architectures. */
export const control: Control = {
  test: "rpmlint",
  events: ["post-koji-build"],
  arches: () => ["noarch"],
  labels: (arch) => [arch],
  timeoutSeconds: 1800,
};
