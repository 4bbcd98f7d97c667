import type { Control } from "../control";

/** Each architecture on a client of its platform; a run reads from bodhi what the runs before it accepted. */
export const control: Control = {
  test: "depcheck",
  events: ["post-bodhi-update-batch"],
  arches: (event) => (event.event === "post-bodhi-update-batch" && event.cause === "changed" ? event.arches : []),
  labels: (arch) => [arch],
  timeoutSeconds: 3600,
  needsRepositories: true,
  serialBy: (event, arch) => `depcheck ${event.tag} ${arch}`,
};
