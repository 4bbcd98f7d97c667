/** The engine's own package, `pulumi`: references to the outputs of other stacks. */
import { NO_DIFF, ProviderError } from "../../plugins/provider";
import { containsSecrets, type PropertyMap } from "../../values/property";
import type { ResourceHandler, StandInPackage } from "../standIn";

/** The outputs of a stack, `organization/project/stack`. Rejects when there is no such stack. */
export type StackOutputs = (reference: string) => Promise<PropertyMap>;

export function pulumiPackage(outputsOf: StackOutputs): StandInPackage {
  const stackReference: ResourceHandler = {
    computed: [],
    check: () => [],
    diff: () => NO_DIFF,
    async create() {
      throw new ProviderError("a stack reference can only be read");
    },
    async read(id) {
      const outputs = await outputsOf(id);
      const secretOutputNames = Object.keys(outputs)
        .filter((key) => containsSecrets(outputs[key] ?? null))
        .sort();
      return { name: id, outputs, secretOutputNames };
    },
  };
  return { functions: {}, resources: { "pulumi:pulumi:StackReference": stackReference } };
}
