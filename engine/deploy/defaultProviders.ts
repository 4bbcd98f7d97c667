/** Providers that the program does not mention: one per package and version, configured from the stack's config. */
import { isProviderType, providerReference, providerType } from "../urn";
import { type PropertyMap, type PropertyValue, Secret } from "../values/property";
import { UNKNOWN_STRING } from "../values/wire";
import { type Goal, newGoal, type Registered } from "./goal";

/** A configuration value of the stack. */
export interface ConfigEntry {
  readonly text: string;
  readonly secret: boolean;
}

export class DefaultProviders {
  private readonly references = new Map<string, Promise<string>>();

  constructor(
    private readonly register: (goal: Goal) => Promise<Registered>,
    private readonly config: ReadonlyMap<string, ConfigEntry>,
  ) {}

  /** The reference of a package's default provider, registered when it is first needed. */
  reference(pkg: string, version: string): Promise<string> {
    const key = `${pkg}@${version}`;
    let reference = this.references.get(key);
    if (!reference) {
      reference = this.make(pkg, version);
      reference.catch(() => {});
      this.references.set(key, reference);
    }
    return reference;
  }

  private async make(pkg: string, version: string): Promise<string> {
    if (this.isDisabled(pkg)) {
      throw new Error(`Default provider for '${pkg}' disabled by pulumi:disable-default-providers`);
    }
    const inputs: PropertyMap = this.configOf(pkg);
    if (version) {
      inputs.version = version;
      inputs.__internal = {};
    }
    const name = version ? `default_${version.replace(/[.\-+]/g, "_")}` : "default";
    const { state, urn } = await this.register(newGoal({ type: providerType(pkg), name, custom: true, inputs }));
    if (!state || !isProviderType(state.type)) throw new Error(`the default provider of ${pkg} could not be made`);
    return providerReference(urn, state.id || UNKNOWN_STRING);
  }

  private configOf(pkg: string): PropertyMap {
    const own = [...this.config].filter(([key]) => key.startsWith(`${pkg}:`));
    return Object.fromEntries(
      own.map(([key, { text, secret }]): [string, PropertyValue] => [
        key.slice(pkg.length + 1),
        secret ? new Secret(text) : text,
      ]),
    );
  }

  private isDisabled(pkg: string): boolean {
    const list = this.config.get("pulumi:disable-default-providers")?.text;
    if (!list || pkg === "pulumi") return false;
    const barred = JSON.parse(list) as string[];
    return barred.includes("*") || barred.includes(pkg);
  }
}
