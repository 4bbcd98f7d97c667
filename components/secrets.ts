import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { sshKeyPair } from "./ssh-key";

/** Passwords, tokens and the ssh key of one generation. */
export class Secrets extends pulumi.ComponentResource {
  readonly controlToken: pulumi.Output<string>;
  /** AutoQA's password at bodhi. */
  readonly bodhiPassword: pulumi.Output<string>;
  /** What a test client shows to AutoQA's server. */
  readonly clientToken: pulumi.Output<string>;
  /** In OpenSSH's format; secret. */
  readonly sshPrivateKey: pulumi.Output<string>;
  /** A line for authorized_keys. */
  readonly sshPublicKey: pulumi.Output<string>;

  constructor(name: string, args: { generation: pulumi.Output<string> }, opts?: pulumi.ComponentResourceOptions) {
    super("autoqa-staging:index:Secrets", name, {}, opts);
    const keepers = { generation: args.generation };
    const password = (role: string) =>
      new random.RandomPassword(`${name}-${role}`, { length: 40, special: false, keepers }, { parent: this }).result;
    this.controlToken = password("control-token");
    this.bodhiPassword = password("bodhi-password");
    this.clientToken = password("client-token");
    const seed = new random.RandomBytes(`${name}-ssh-key`, { length: 32, keepers }, { parent: this }).base64;
    const pair = seed.apply((base64) => sshKeyPair(Buffer.from(base64, "base64"), "autoqa-staging"));
    this.sshPrivateKey = pulumi.secret(pair.privateKey);
    this.sshPublicKey = pulumi.unsecret(pair.publicKey);
    this.registerOutputs();
  }
}
