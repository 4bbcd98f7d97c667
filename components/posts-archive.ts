import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { MockInfrastructure } from "./mock-infrastructure";
import type { Secrets } from "./secrets";

export interface PostsArchiveArgs {
  infra: MockInfrastructure;
  secrets: Secrets;
  generation: pulumi.Output<string>;
}

/** Keeps what was posted to an environment: it is fetched before the machine that holds it goes. */
export class PostsArchive extends pulumi.ComponentResource {
  constructor(name: string, args: PostsArchiveArgs, opts?: pulumi.ComponentResourceOptions) {
    super("autoqa-staging:index:PostsArchive", name, {}, opts);
    const { infra, secrets, generation } = args;
    new command.local.Command(
      name,
      {
        // Runs in the project's directory, which may be another clone's by then.
        delete: "sh cli/run.sh verify/archive/main.ts",
        environment: {
          CONTROL_URL: infra.control.url,
          CONTROL_TOKEN: secrets.controlToken,
          ARCHIVE_NAME: generation.apply((id) => `${pulumi.getStack()}-${id}`),
        },
        triggers: [infra.machine.domain.id],
      },
      { parent: this, deleteBeforeReplace: true },
    );
    this.registerOutputs();
  }
}
