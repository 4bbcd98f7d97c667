/** Steps that are not compared, or not in full, each with its reason. */

/** By `case/NN-step`: the feature that the step needs and the local engine does not have. */
export const leftOut: Readonly<Record<string, string>> = {};

/** Steps whose output is not compared. */
export const otherOutput: Readonly<Record<string, string>> = {
  "random-and-command/03-preview-keepers":
    "the stand-ins say what is going to be unknown, the official plugins hide it",
};

/**
 * Steps where chance decides which of several simultaneous registrations is come to first, and with it the calls and the
 * state that they leave. Their exit code is compared; the next steps go on from what was recorded.
 */
export const leftToChance: Readonly<Record<string, string>> = {
  "program-errors/05-duplicate": "which of the two resources with one name is registered first",
  "program-errors/06-preview-duplicate": "which of the two resources with one name is registered first",
  "reads/09-get-missing": "whether the other resource is come to before the read fails",
};
