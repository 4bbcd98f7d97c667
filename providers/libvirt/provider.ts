import { status } from "@grpc/grpc-js";
import { type Difference, diffInputs } from "./diff";
import { readCapabilities } from "./resources/capabilities";
import { domainResource } from "./resources/domain";
import { networkResource } from "./resources/network";
import { poolResource } from "./resources/pool";
import type { Found, Operation, Resource } from "./resources/resource";
import { volumeResource } from "./resources/volume";
import { getCapabilities } from "./schema/functions";
import { configuration, DEFAULT_URI } from "./schema/package";
import { type Failure, validate } from "./schema/validate";
import { Virsh } from "./virsh/virsh";
import { InitFailedError, LeftoverError, redact, UserError, withContext } from "./wire/errors";
import {
  containsSecret,
  containsUnknown,
  isMap,
  type PlainMap,
  Secret,
  secretStrings,
  UNKNOWN,
  type Value,
  type ValueMap,
  withoutSecrets,
} from "./wire/values";

/** Resources of every kind, seen alike: their inputs have been validated against their description. */
type AnyResource = Resource<PlainMap>;

const RESOURCES = new Map<string, AnyResource>(
  [networkResource, poolResource, volumeResource, domainResource].map((resource) => [
    resource.description.token,
    resource as unknown as AnyResource,
  ]),
);

/** Configuration keys that engines add on their own. */
const ENGINE_KEYS = ["version", "pluginDownloadURL", "__internal"];

export interface Call {
  urn: string;
  /** Seconds; 0 for no limit. */
  timeout: number;
  preview: boolean;
}

export interface State {
  id: string;
  properties: ValueMap;
}

/** The provider's work, in terms of property values; the gRPC side is in server.ts. */
export class Provider {
  private uri = DEFAULT_URI;
  private readonly cancelled = new AbortController();

  constructor(private readonly log: (severity: "info" | "warning", urn: string, message: string) => void) {}

  checkConfig(news: ValueMap): Failure[] {
    const ours = withoutSecrets(news);
    for (const key of ENGINE_KEYS) delete ours[key];
    const failures = validate(ours, configuration);
    const { uri } = ours;
    if (typeof uri === "string" && !isUri(uri)) {
      failures.push({
        property: "uri",
        reason: `"${uri}" is not a libvirt URI like ${DEFAULT_URI} or qemu+ssh://root@host/system`,
      });
    }
    return failures;
  }

  /** Another hypervisor is another place: everything there is made anew. */
  diffConfig(olds: ValueMap, news: ValueMap): string[] {
    const uriOf = (config: ValueMap) => withoutSecrets(config).uri ?? DEFAULT_URI;
    return uriOf(olds) === uriOf(news) ? [] : ["uri"];
  }

  configure(args: ValueMap): void {
    const { uri } = withoutSecrets(args);
    if (typeof uri === "string") this.uri = uri;
  }

  check(token: string, news: ValueMap): Failure[] {
    const resource = resourceOf(token);
    const inputs = withoutSecrets(news);
    const failures = validate(inputs, resource.description.inputs);
    const secrets = secretStrings(news);
    return [...failures, ...(failures.length === 0 ? resource.check(inputs) : [])].map(({ property, reason }) => ({
      property,
      reason: redact(reason, secrets),
    }));
  }

  diff(token: string, oldInputs: ValueMap, news: ValueMap): Difference {
    return diffInputs(resourceOf(token).description, withoutSecrets(oldInputs), withoutSecrets(news));
  }

  /** In a preview nothing is made, and all outputs are unknown. */
  async create(token: string, call: Call, inputs: ValueMap): Promise<State> {
    const resource = resourceOf(token);
    if (call.preview) {
      const outputs = Object.keys(resource.description.outputs).map((name) => [name, UNKNOWN] as const);
      return { id: "", properties: { ...inputs, ...Object.fromEntries(outputs) } };
    }
    try {
      const found = await resource.create(this.operation(call), known(inputs));
      return { id: found.id, properties: stateOf(inputs, found) };
    } catch (error) {
      if (!(error instanceof LeftoverError)) throw error;
      throw new InitFailedError(error.id, { ...inputs, uuid: error.id }, inputs, [error.message]);
    }
  }

  async read(
    token: string,
    call: Call,
    id: string,
    inputs: ValueMap,
  ): Promise<(State & { inputs: ValueMap }) | undefined> {
    const resource = resourceOf(token);
    const isImport = Object.keys(inputs).length === 0;
    const found = await resource.read(this.operation(call), id, isImport ? undefined : known(inputs));
    if (found === undefined) return undefined;
    const live = isImport ? (found.inputs as ValueMap) : keepSecrets(inputs, found.inputs);
    const properties = stateOf(live, found);
    if (found.problems.length > 0 && !isImport) throw new InitFailedError(found.id, properties, live, found.problems);
    return { id: found.id, properties, inputs: live };
  }

  async update(token: string, call: Call, id: string, olds: ValueMap, news: ValueMap): Promise<ValueMap> {
    const resource = resourceOf(token);
    if (call.preview) {
      const outputs = Object.keys(resource.description.outputs).filter((name) => name in olds);
      return { ...news, ...Object.fromEntries(outputs.map((name) => [name, olds[name] ?? null])) };
    }
    const found = await resource.update(this.operation(call), id, known(news));
    const properties = stateOf(news, found);
    if (found.problems.length > 0) throw new InitFailedError(found.id, properties, news, found.problems);
    return properties;
  }

  async delete(token: string, call: Call, id: string, inputs: ValueMap): Promise<void> {
    const known = withoutSecrets(inputs);
    try {
      await resourceOf(token).delete(this.operation(call), id, known);
    } catch (error) {
      throw withContext(error, `${token.split(":").at(-1)?.toLowerCase()} "${known.name}" could not be deleted`);
    }
  }

  /** Asks a function of the package. */
  async invoke(token: string): Promise<ValueMap> {
    if (token !== getCapabilities.token) {
      throw new UserError(
        `unknown function ${token}: this provider has ${getCapabilities.token}`,
        status.INVALID_ARGUMENT,
      );
    }
    return { ...(await readCapabilities(new Virsh(this.uri, this.cancelled.signal))) };
  }

  /** Ends all waiting, now and in future. */
  cancel(): void {
    this.cancelled.abort();
  }

  private operation({ urn, timeout }: Call): Operation {
    const signal =
      timeout > 0
        ? AbortSignal.any([this.cancelled.signal, AbortSignal.timeout(timeout * 1000)])
        : this.cancelled.signal;
    return {
      virsh: new Virsh(this.uri, signal),
      urn,
      signal,
      log: (severity, message) => this.log(severity, urn, message),
    };
  }
}

function resourceOf(token: string): AnyResource {
  const resource = RESOURCES.get(token);
  if (resource !== undefined) return resource;
  throw new UserError(
    `unknown resource type ${token}: this provider has ${[...RESOURCES.keys()].join(", ")}`,
    status.INVALID_ARGUMENT,
  );
}

function isUri(text: string): boolean {
  return URL.canParse(text) && text.includes("://");
}

function known(inputs: ValueMap): PlainMap {
  if (containsUnknown(inputs))
    throw new UserError("the engine sent unknown inputs outside of a preview", status.INVALID_ARGUMENT);
  return withoutSecrets(inputs);
}

/** What the engine is to keep: inputs with their secrets, and outputs, secret where they repeat one (a path, say). */
function stateOf(inputs: ValueMap, found: Found<PlainMap>): ValueMap {
  const secrets = secretStrings(inputs);
  const outputs = Object.entries(found.outputs).map(([name, value]) => {
    const repeatsSecret = typeof value === "string" && redact(value, secrets) !== value;
    return [name, repeatsSecret ? new Secret(value) : value] as const;
  });
  return { ...inputs, ...Object.fromEntries(outputs) };
}

/** Found inputs with those parts secret again that are secret in the state. */
function keepSecrets(state: ValueMap, found: PlainMap): ValueMap {
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, keepSecret(state[name], value)]));
}

function keepSecret(state: Value | undefined, found: Value): Value {
  if (state === undefined || !containsSecret(state)) return found;
  if (isMap(state) && isMap(found)) return keepSecrets(state, found as PlainMap);
  if (Array.isArray(state) && Array.isArray(found) && state.length === found.length) {
    return found.map((item, index) => keepSecret(state[index], item));
  }
  return new Secret(found);
}
