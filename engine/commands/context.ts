/** What nearly every command needs: the project, its state backend, one stack, its settings and its secrets. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { FileBackend } from "../backend/fileBackend";
import { parseStackReference, type StackId } from "../backend/layout";
import { EXIT, UserError } from "../errors";
import { thisEngine } from "../invocation";
import { type ConfigValue, containsSecure, type ResolvedConfig, resolveConfig } from "../project/configValue";
import { backendUrlOf, loadProject, type Project } from "../project/project";
import { StackSettings } from "../project/settings";
import { PassphraseCrypter, passphraseFromEnvironment } from "../secrets/passphrase";
import {
  type Deployment,
  manifestProblem,
  type SecretsProvider,
  secretsProviderOf,
  snapshotFromJson,
} from "../state/deployment";
import { integrityProblem } from "../state/integrity";
import { EMPTY_SNAPSHOT, type Snapshot } from "../state/resource";

/** With this set to `true`, no command writes the encryption salt into Pulumi.<stack>.yaml: it is kept in the state. */
const KEEP_SETTINGS = "PULUMI_LOCAL_ENGINE_KEEP_SETTINGS";

export interface Environment {
  /** Where the command runs. */
  readonly directory: string;
  readonly variables: NodeJS.ProcessEnv;
}

export class ProjectContext {
  readonly project: Project;
  readonly backend: FileBackend;

  /** Throws a UserError when there is no project or no usable backend. */
  constructor(readonly environment: Environment) {
    this.project = loadProject(environment.directory);
    this.backend = new FileBackend(backendUrlOf(this.project, environment.variables));
  }

  /** The stack that a command is about: named by --stack or PULUMI_STACK, else the selected one. */
  stackId(given: string | undefined): StackId {
    const name = given ?? (this.environment.variables.PULUMI_STACK || this.selected());
    if (!name) {
      throw new UserError(
        `no stack selected; choose one with \`${thisEngine} stack select\`, or name it with --stack`,
        EXIT.usage,
      );
    }
    return parseStackReference(name, this.project.name);
  }

  /** An existing stack. Throws a UserError (exit code 6) when it does not exist. */
  async open(given: string | undefined): Promise<StackContext> {
    const id = this.stackId(given);
    const deployment = await this.backend.load(id);
    return new StackContext(this, id, deployment);
  }

  get keepsSettings(): boolean {
    return this.environment.variables[KEEP_SETTINGS] === "true";
  }

  selected(): string | undefined {
    try {
      return (JSON.parse(readFileSync(this.workspaceFile, "utf8")) as { stack?: string }).stack;
    } catch {
      return undefined;
    }
  }

  select(name: string): void {
    mkdirSync(path.dirname(this.workspaceFile), { recursive: true });
    writeFileSync(this.workspaceFile, JSON.stringify({ stack: name }));
  }

  /** Where the official CLI remembers the selected stack of a project, too. */
  private get workspaceFile(): string {
    const { variables } = this.environment;
    const home = variables.PULUMI_HOME || path.join(variables.HOME ?? os.homedir(), ".pulumi");
    const digest = createHash("sha1").update(path.join(this.project.root, "Pulumi.yaml")).digest("hex");
    return path.join(home, "workspaces", `${this.project.name}-${digest}-workspace.json`);
  }
}

export class StackContext {
  readonly settings: StackSettings;
  private opened: Promise<PassphraseCrypter> | undefined;

  constructor(
    readonly owner: ProjectContext,
    readonly id: StackId,
    readonly deployment: Deployment | undefined,
  ) {
    this.settings = StackSettings.load(owner.project, id.stack);
  }

  get project(): Project {
    return this.owner.project;
  }

  get backend(): FileBackend {
    return this.owner.backend;
  }

  /** The stack's key, from the salt in its settings, else from that in its state, else a new one. */
  crypter(): Promise<PassphraseCrypter> {
    this.opened ??= this.openCrypter();
    return this.opened;
  }

  private async openCrypter(): Promise<PassphraseCrypter> {
    const provider = secretsProviderOf(this.deployment);
    if (provider && provider.type !== "passphrase") {
      throw new UserError(
        `the stack's secrets are managed by '${provider.type}'; the local engine knows only passphrases`,
      );
    }
    const phrase = passphraseFromEnvironment(this.owner.environment.variables);
    const salt = this.settings.encryptionSalt ?? provider?.state?.salt;
    if (salt !== undefined) return PassphraseCrypter.open(phrase, salt);
    const crypter = await PassphraseCrypter.create(phrase);
    if (!this.owner.keepsSettings) await this.keepSalt(crypter);
    return crypter;
  }

  /** Writes the salt into the stack's settings, where the official CLI looks for it. */
  async keepSalt(crypter: PassphraseCrypter): Promise<void> {
    if (this.settings.encryptionSalt === crypter.saltString) return;
    this.settings.encryptionSalt = crypter.saltString;
    await this.settings.save();
  }

  /** The state as it is, whether it keeps the rules or not. */
  async snapshotUnchecked(): Promise<Snapshot> {
    return this.deployment ? this.decode(this.deployment) : EMPTY_SNAPSHOT;
  }

  /** The state. Throws a UserError when it breaks the rules that every state keeps. */
  async snapshot(): Promise<Snapshot> {
    if (!this.deployment) return EMPTY_SNAPSHOT;
    const snapshot = await this.snapshotUnchecked();
    const problem = manifestProblem(this.deployment) ?? integrityProblem(snapshot.resources);
    if (problem) {
      const files = this.backend.filesOf(this.id);
      throw new UserError(
        `snapshot integrity failure; refusing to use it: ${problem}\n` +
          `The state is in ${files.state}, the one before it in ${files.backup}; nothing was changed. Repair it with ` +
          `\`${thisEngine} stack export --stack ${this.id.stack} --file FILE\`, an editor and ` +
          `\`${thisEngine} stack import --stack ${this.id.stack} --file FILE\``,
      );
    }
    return snapshot;
  }

  /** The state's key may differ from the one in the settings: it was encrypted under the salt that it carries. */
  private async decode(deployment: Deployment): Promise<Snapshot> {
    if (!/"ciphertext":/.test(JSON.stringify(deployment))) return snapshotFromJson(deployment, NO_SECRETS);
    const salt = secretsProviderOf(deployment)?.state?.salt;
    const own = await this.crypter();
    if (salt === undefined || salt === own.saltString) return snapshotFromJson(deployment, own);
    const phrase = passphraseFromEnvironment(this.owner.environment.variables);
    return snapshotFromJson(deployment, await PassphraseCrypter.open(phrase, salt));
  }

  /** Which key the state is to be written under. */
  async secretsProvider(): Promise<SecretsProvider> {
    const { saltString } = await this.crypter();
    return { type: "passphrase", state: { salt: saltString } };
  }

  /** Every configuration value by fully qualified key: the project's, overridden by the stack's. */
  get config(): Record<string, ConfigValue> {
    return { ...(this.project.config as Record<string, ConfigValue>), ...this.settings.config };
  }

  /** The same, decrypted. The key is only derived when something is secret. */
  async resolvedConfig(): Promise<Map<string, ResolvedConfig>> {
    const entries = Object.entries(this.config).sort(([a], [b]) => (a < b ? -1 : 1));
    const crypter = entries.some(([, value]) => containsSecure(value)) ? await this.crypter() : undefined;
    const need = () => {
      if (!crypter) throw new Error("nothing is secret");
      return crypter;
    };
    return new Map(entries.map(([key, value]) => [key, resolveConfig(value, need)]));
  }
}

const NO_SECRETS = {
  encrypt: (): string => {
    throw new Error("nothing is secret");
  },
  decrypt: (): string => {
    throw new Error("nothing is secret");
  },
};
