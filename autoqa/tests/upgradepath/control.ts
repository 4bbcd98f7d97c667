import type { Control } from "../control";

/** Only what goes to stable is judged (AutoQA ticket 231), again when a pending build of another release matters. */
export const control: Control = {
  test: "upgradepath",
  events: ["post-bodhi-update-batch"],
  arches: (event) => (event.event === "post-bodhi-update-batch" && event.target === "stable" ? ["noarch"] : []),
  labels: (arch) => [arch],
  timeoutSeconds: 1800,
};
