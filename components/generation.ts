import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

export interface GenerationArgs {
  /** `always`: every deploy is a new generation. `onChange`: only one with other content is. */
  pristine: "always" | "onChange";
  /** A digest of everything that goes into the machines. */
  content: string;
}

/**
 * The identity of one pristine environment. Everything that must not outlive it depends on it and so is replaced
 * with it, the old before the new: two generations never share memory, names or ports.
 */
export class Generation extends pulumi.ComponentResource {
  /** 8 hexadecimal digits. */
  readonly id: pulumi.Output<string>;

  constructor(name: string, args: GenerationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("autoqa-staging:index:Generation", name, {}, opts);
    const keeper = args.pristine === "always" ? { deploy: new Date().toISOString() } : { content: args.content };
    this.id = new random.RandomId(name, { byteLength: 4, keepers: keeper }, { parent: this }).hex;
    this.registerOutputs();
  }
}
